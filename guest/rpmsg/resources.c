/*
 * What this firmware wants from Linux: an rpmsg device and a trace file.
 * 16 buffers each way, 512 bytes each, fill vdev0buffer's 16 KiB.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "resources.h"
#include "trace.h"
#include <stddef.h>

#define BUFFERS 16
#define RING_ALIGN 16
#define FEATURE_NAME_SERVICE 1

static RPROC_TABLE struct resources {
    struct rproc_table head;
    uint32_t offset[2];
    struct rproc_vdev vdev;
    struct rproc_trace trace;
} resources = {
    .head = { .ver = RPROC_TABLE_VERSION, .num = 2 },
    .offset = {
        offsetof(struct resources, vdev),
        offsetof(struct resources, trace),
    },
    .vdev = {
        .type = RPROC_VDEV,
        .id = VIRTIO_ID_RPMSG,
        .dfeatures = FEATURE_NAME_SERVICE,
        .num_of_vrings = 2,
        .vring = {
            { .da = RPROC_ADDR_ANY, .align = RING_ALIGN, .num = BUFFERS },
            { .da = RPROC_ADDR_ANY, .align = RING_ALIGN, .num = BUFFERS },
        },
    },
    .trace = RPROC_TRACE_INIT(trace_buffer, TRACE_SIZE, "m4"),
};

volatile struct rproc_vdev *const resources_vdev = &resources.vdev;
