/*
 * The recorders of a SoC, to be read
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RECORDINGS_H
#define HET_RECORDINGS_H

#include "domain/defined.h"
#include "trace/trace.h"

typedef struct HetRecordings HetRecordings;

/*
 * Of a SoC that runs, or has ended without being destroyed: the memory of its
 * recorders is still there then.  Errors: HET_ERROR_STATE, it is not
 */
HetRecordings *het_recordings_open(virConnectPtr conn, const char *soc,
                                   GError **error);
void het_recordings_free(HetRecordings *recordings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetRecordings, het_recordings_free)

const HetDefined *het_recordings_get_defined(const HetRecordings *recordings);

/* Empty, of all processors; valid as long as the recordings are */
HetTrace *het_recordings_trace(HetRecordings *recordings);

#endif
