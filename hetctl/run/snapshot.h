/*
 * Snapshots of a SoC that runs: points to which it can be brought back
 *
 * Files of 'hetctl save' that hetctl keeps; see host/saved-file.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SNAPSHOT_H
#define HET_SNAPSHOT_H

#include <libvirt/libvirt.h>

#include "util/output.h"

typedef struct {
    char *name;
    char *when;                 /* ISO 8601, UTC; NULL: see @error */
    guint64 memory;             /* bytes of memory that are not zero */
    gboolean was_suspended;     /* all of it */
    char *error;                /* why it is of no use, or NULL */
} HetSnapshot;

/* Errors of all: HET_ERROR_USAGE for what can be no name */

/* HET_ERROR_STATE when there is one of that name */
gboolean het_snapshot_create(virConnectPtr conn, const char *soc,
                             const char *name, HetProgress *progress,
                             GError **error);
/* HetSnapshot, by age */
GPtrArray *het_snapshot_list(virConnectPtr conn, const char *soc,
                             GError **error);
/*
 * Ends the SoC if it runs, once the snapshot is known to be readable, and lets
 * it go on from there.
 */
gboolean het_snapshot_revert(virConnectPtr conn, const char *soc,
                             const char *name, gboolean stay_suspended,
                             guint timeout_s, HetProgress *progress,
                             GError **error);
/* Also of a SoC that is defined no more */
gboolean het_snapshot_delete(virConnectPtr conn, const char *soc,
                             const char *name, GError **error);

#endif
