/*
 * The state of a SoC that runs, taken and put back
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SAVED_STATE_H
#define HET_SAVED_STATE_H

#include "domain/defined.h"
#include "host/segment.h"
#include "saved/saved.h"

/*
 * Stops all processors and leaves them frozen: what they are is a cut through
 * the SoC, nothing that was rung is on its way.  Fills @info.  On an error
 * those that ran run again, as they do at the end of the pipe that @leash
 * reads from; a byte in it ends all.
 */
gboolean het_saved_state_freeze(const HetDefined *defined, HetSavedInfo *info,
                                int leash, GError **error);

/* Memory and states of a SoC that is frozen */
gboolean het_saved_state_write(const HetDefined *defined, HetSavedInfo *info,
                               HetSavedWriter *writer, GError **error);

/* Those that ran before run again, the slaves first. */
gboolean het_saved_state_resume(const HetDefined *defined,
                                const HetSavedInfo *info, GError **error);

/* Can the emulators of a SoC that runs take it on? HET_ERROR_EMULATOR */
gboolean het_saved_state_require_version(const HetDefined *defined,
                                         const HetSavedInfo *info,
                                         GError **error);

/*
 * Into emulators that have been started, with links, and did not run yet.  The
 * memory is there already: virtio devices look at their rings when they are
 * loaded.
 */
gboolean het_saved_state_load(const HetDefined *defined,
                              const HetSaved *saved, GError **error);

#endif
