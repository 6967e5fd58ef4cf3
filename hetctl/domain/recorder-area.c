/*
 * Where the recorders of a SoC lie: in its segment, behind the platform memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/recorder-area.h"

#include "trace/recorder.h"

static guint64 align(guint64 offset)
{
    return (offset + HET_RECORDER_ALIGN - 1) / HET_RECORDER_ALIGN *
           HET_RECORDER_ALIGN;
}

/* The area of @proc; NULL: that which would come next */
static HetRecorderArea find_area(const HetSoc *soc, const HetProcessor *proc)
{
    const HetProcessor *p = soc->master;
    HetRecorderArea area = { .offset = align(het_soc_segment_size(soc)) };

    for (guint i = 0; ; i++) {
        area.size = het_recorder_size(p->vcpus);
        if (p == proc) {
            return area;
        }
        area.offset = align(area.offset + area.size);
        if (i == soc->slaves->len) {
            return area;
        }
        p = g_ptr_array_index(soc->slaves, i);
    }
}

HetRecorderArea het_recorder_area(const HetSoc *soc, const HetProcessor *proc)
{
    return find_area(soc, proc);
}

guint64 het_recorder_areas_end(const HetSoc *soc)
{
    return find_area(soc, NULL).offset;
}
