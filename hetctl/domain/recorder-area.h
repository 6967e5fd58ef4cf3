/*
 * Where the recorders of a SoC lie: in its segment, behind the platform memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RECORDER_AREA_H
#define HET_RECORDER_AREA_H

#include "soc/soc.h"

typedef struct {
    guint64 offset;             /* in the segment */
    guint64 size;
} HetRecorderArea;

HetRecorderArea het_recorder_area(const HetSoc *soc,
                                  const HetProcessor *proc);
/* Size of a segment that has the recorders */
guint64 het_recorder_areas_end(const HetSoc *soc);

#endif
