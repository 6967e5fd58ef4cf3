/*
 * Saving a SoC that runs into a file, and going on from there
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SAVE_H
#define HET_SAVE_H

#include <libvirt/libvirt.h>

#include "domain/defined.h"
#include "run/start.h"
#include "saved/saved.h"
#include "util/output.h"

#define HET_SAVE_STEPS 4

typedef struct {
    HetSavedCompression compression;
    gboolean live;              /* it runs on; else it is off afterwards */
} HetSaveOptions;

typedef struct {
    guint64 size;               /* of the file */
    gint64 skew_ns;             /* from the first that stopped to the last */
    gint64 stopped_us;          /* that nothing of it ran */
} HetSaveResult;

/*
 * All or nothing: on an error there is no file, and the SoC runs as before.
 * Steps of HETCTL_FAULT: save-freeze, save-states, save-memory, save-file,
 * save-end
 */
gboolean het_save(virConnectPtr conn, const char *name, const char *path,
                  const HetSaveOptions *options, HetSaveResult *result,
                  HetProgress *progress, GError **error);

/*
 * What a SoC runs on with, or several go on from, must have no disk that is
 * written to. HET_ERROR_STATE
 */
gboolean het_save_require_no_disk(const HetSoc *soc, GError **error);

/* Is @defined what @saved is of? HET_ERROR_STATE */
gboolean het_save_require_same(const HetDefined *defined,
                               const HetSaved *saved, GError **error);

/*
 * @name NULL: that of the SoC that was saved.  One that is not defined is
 * defined, one that is must be as it was saved, and off.
 */
gboolean het_restore(virConnectPtr conn, const HetStartFrom *from,
                     const char *name, guint timeout_s,
                     HetProgress *progress, GError **error);

#endif
