/*
 * Resource table, as Linux' remoteproc reads it out of a firmware's ELF
 * file and keeps it up to date in the memory that the firmware sees
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef REMOTEPROC_H
#define REMOTEPROC_H

#include <stdint.h>

#define RPROC_TABLE_VERSION 1
#define RPROC_ADDR_ANY      0xffffffffu

#define RPROC_TRACE         2
#define RPROC_VDEV          3

#define VIRTIO_ID_RPMSG     7
#define VIRTIO_DRIVER_OK    4

struct rproc_trace {
    uint32_t type;
    uint32_t da;
    uint32_t len;
    uint32_t reserved;
    char name[32];
};

struct rproc_vring {
    uint32_t da;
    uint32_t align;
    uint32_t num;
    uint32_t notifyid;
    uint32_t pa;
};

struct rproc_vdev {
    uint32_t type;
    uint32_t id;
    uint32_t notifyid;
    uint32_t dfeatures;
    uint32_t gfeatures;
    uint32_t config_len;
    uint8_t status;
    uint8_t num_of_vrings;
    uint8_t reserved[2];
    struct rproc_vring vring[2];
};

struct rproc_table {
    uint32_t ver;
    uint32_t num;
    uint32_t reserved[2];
};

#define RPROC_TABLE __attribute__((section(".resource_table"), used))

#define RPROC_TRACE_INIT(buffer, size, label) { \
        .type = RPROC_TRACE, \
        .da = (uint32_t)(buffer), \
        .len = (size), \
        .name = label, \
    }

#endif
