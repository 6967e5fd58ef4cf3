/*
 * The memory of the flight recorders of a defined SoC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RECORDER_MEMORY_H
#define HET_RECORDER_MEMORY_H

#include "domain/defined.h"
#include "host/access.h"
#include "host/segment.h"

/* HetSegment, one for each of the parts, in their order */
GPtrArray *het_recorder_memory_create(const HetDefined *defined,
                                      const HetAccess *access,
                                      GError **error);
/* What het_defined_mark_started() wants of them */
char *het_recorder_memory_identities(const HetDefined *defined,
                                     GPtrArray *memories);

/* A SoC that an older hetctl has started runs without. */
gboolean het_recorder_memory_is_used(const HetDefined *defined);
/*
 * Also of a SoC that has ended, until it is destroyed or started again.
 * Errors: as het_memory_open(); HET_ERROR_STATE also when it is gone
 */
HetSegment *het_recorder_memory_open(const HetDefined *defined,
                                     const HetPart *part, GError **error);

#endif
