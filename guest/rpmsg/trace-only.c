/*
 * Resources of a firmware that wants nothing from Linux but a trace file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "remoteproc.h"
#include "trace.h"
#include <stddef.h>

static RPROC_TABLE struct resources {
    struct rproc_table head;
    uint32_t offset[1];
    struct rproc_trace trace;
} resources = {
    .head = { .ver = RPROC_TABLE_VERSION, .num = 1 },
    .offset = { offsetof(struct resources, trace) },
    .trace = RPROC_TRACE_INIT(trace_buffer, TRACE_SIZE, "m4"),
};
