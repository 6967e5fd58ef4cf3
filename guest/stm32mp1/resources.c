/*
 * What Linux sets up for this firmware: the rpmsg device, with rings where
 * Linux wants them, and the log as a trace file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "resources.h"
#include "trace.h"
#include <stddef.h>

#define BUFFERS 16
#define RING_ALIGN 16
#define FEATURE_NAME_SERVICE 1

static RPROC_TABLE struct table {
    struct rproc_table head;
    uint32_t offset[2];
    struct rproc_vdev vdev;
    struct rproc_trace trace;
} table = {
    .head = { .ver = RPROC_TABLE_VERSION, .num = 2 },
    .offset = {
        offsetof(struct table, vdev), offsetof(struct table, trace),
    },
    .vdev = {
        .type = RPROC_VDEV,
        .id = VIRTIO_ID_RPMSG,
        .dfeatures = FEATURE_NAME_SERVICE,
        .num_of_vrings = 2,
        .vring = {
            { .da = RPROC_ADDR_ANY, .align = RING_ALIGN, .num = BUFFERS },
            { .da = RPROC_ADDR_ANY, .align = RING_ALIGN, .num = BUFFERS,
              .notifyid = 1 },
        },
    },
    .trace = RPROC_TRACE_INIT(trace_buffer, TRACE_SIZE, "cm4_log"),
};

const volatile struct rproc_vdev *const resources_rpmsg = &table.vdev;
