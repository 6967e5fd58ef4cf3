/*
 * Ending a SoC, and removing what a cut start has left
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_STOP_H
#define HET_STOP_H

#include "domain/defined.h"
#include "run/hold.h"

/*
 * Ends all processors that run and removes segment and overlay.  The caller
 * has the lock.  Goes on after an error and reports the first one.
 */
gboolean het_stop(HetDefined *defined, GError **error);

/*
 * The same for one whose emulators have just answered, and have nothing more
 * to do: they end themselves, for which libvirt need not wait 0.2 s.  @held:
 * NULL: they are not held yet.  @leash: the writing end of the pipe on which
 * they are frozen, -1: none; with it none of them stays behind if hetctl is
 * killed.
 */
gboolean het_stop_answering(HetDefined *defined, HetHolds *held, int leash,
                            GError **error);

/* Is anything there that het_stop() would end or remove? */
gboolean het_stop_needed(const HetDefined *defined);

/* Can the software of the master be asked to power off or to reboot? */
gboolean het_stop_has_power_button(const HetDefined *defined);

/*
 * hetctl destroy; @slave NULL: the whole SoC.  That it does not run is no
 * error: afterwards nothing of it is there, whatever was before.  @ended: see
 * het_lock_take().
 */
gboolean het_destroy(virConnectPtr conn, const char *name, const char *slave,
                     char **ended, GError **error);

/* The same for a whole one whose emulators have just answered */
gboolean het_destroy_answering(virConnectPtr conn, const char *name,
                               char **ended, GError **error);

/* hetctl shutdown of the whole SoC, HET_ERROR_TIMEOUT changes nothing */
gboolean het_shutdown(virConnectPtr conn, const char *name, guint timeout_s,
                      GError **error);

#endif
