/*
 * The platform memory of a defined SoC: its segment, and what lies beside it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_MEMORY_H
#define HET_MEMORY_H

#include "domain/defined.h"
#include "host/access.h"
#include "host/place.h"
#include "host/beside-file.h"
#include "host/segment.h"
#include "host/start-file.h"

/*
 * Of a SoC that runs.  Errors: HET_ERROR_STATE when it is not the file, or
 * has not the size, with which the SoC has started
 */
HetSegment *het_memory_open(const HetDefined *defined, GError **error);

/* HET_ERROR_STATE: an older hetctl has defined it */
gboolean het_memory_require_path(const HetDefined *defined, GError **error);
/* Is anything of it there? */
gboolean het_memory_exists(const HetDefined *defined);
gboolean het_memory_remove(const HetDefined *defined, GError **error);
/* Of the two the files that only a start needs */
gboolean het_memory_remove_start_files(const HetDefined *defined,
                                       GError **error);
HetStartFiles het_memory_start_files(const HetDefined *defined);

/* Who has to use what hetctl makes for @defined */
HetAccess het_memory_access(virConnectPtr conn, const HetPlace *place,
                            const HetDefined *defined);

/*
 * Before a start: is the path where it belongs, and has nobody else put
 * something there?  If not, the domains are defined with another path.
 */
gboolean het_memory_find_room(virConnectPtr conn, HetDefined *defined,
                              const HetPlace *place, GError **error);

#endif
