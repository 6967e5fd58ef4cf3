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
 * To a processor that has just been started.  That its emulator is too old to
 * record is no error.
 */
gboolean het_recorder_give(const HetPart *part, const HetSegment *memory,
                           GError **error);
/* Its own, of a SoC that runs; nothing when the SoC runs without recorders */
gboolean het_recorder_give_again(const HetDefined *defined,
                                 const HetPart *part, GError **error);

#endif
