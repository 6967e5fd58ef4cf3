/*
 * The memory of a running SoC as a slave and its master see it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SLAVE_MEMORY_H
#define HET_SLAVE_MEMORY_H

#include "host/segment.h"
#include "rpmsg/vrings.h"
#include "soc/soc.h"

typedef struct {
    const HetSegment *segment;  /* not ours */
    GPtrArray *windows[HET_SIDE_MASTER + 1];    /* HetWindow */
} HetSlaveMemory;

void het_slave_memory_init(HetSlaveMemory *memory, const HetSoc *soc,
                           const HetProcessor *slave,
                           const HetSegment *segment);
void het_slave_memory_clear(HetSlaveMemory *memory);

/* Of the segment itself; FALSE: somebody has cut it */
gboolean het_slave_memory_read_segment(const HetSlaveMemory *memory,
                                       guint64 offset, void *buf, gsize size);
/* Valid as long as @memory is */
HetSharedMemory het_slave_memory_shared(HetSlaveMemory *memory);

#endif
