/*
 * Suspending, resuming, resetting and rebooting a SoC that runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_POWER_H
#define HET_POWER_H

#include <glib.h>
#include <libvirt/libvirt.h>

#include "domain/defined.h"

/*
 * The master stops first and goes on last: what the processors ring in
 * between stays pending in the links, and is delivered after resume.
 * HET_ERROR_STATE: there is nothing to suspend or to resume.
 */
gboolean het_suspend(virConnectPtr conn, const char *name, GError **error);
gboolean het_resume(virConnectPtr conn, const char *name, GError **error);

/*
 * The slaves go into reset, then the master is reset while it is stopped: it
 * starts again with empty mailboxes.
 */
gboolean het_reset(virConnectPtr conn, const char *name, GError **error);

/*
 * Puts the slaves that run into reset, or only those that none but the host
 * boots.  The caller has the lock.
 */
gboolean het_power_hold_slaves(const HetDefined *defined,
                               gboolean only_hosts, GError **error);

/*
 * Asks the software of the master to reboot; resets the SoC when it does not
 * within @timeout_s.  @graceful: whether it did.  The event loop must have
 * been initialised before @conn was opened.
 */
gboolean het_reboot(virConnectPtr conn, const char *name, guint timeout_s,
                    gboolean *graceful, GError **error);

#endif
