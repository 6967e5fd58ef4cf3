/*
 * Giving an emulator the memory for its recorder
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RECORDER_GIVE_H
#define HET_RECORDER_GIVE_H

#include "domain/defined.h"
#include "host/segment.h"

/*
 * Of a processor that has just been started.  No error: the emulator is too old
 * to record, or the segment of a SoC that an older hetctl has started.
 */
gboolean het_recorder_give(const HetDefined *defined, const HetPart *part,
                           const HetSegment *segment, GError **error);

#endif
