/*
 * hetctl boot and shutdown of one slave
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/boot.h"

#include "image/firmware.h"
#include "run/running-slave.h"
#include "run/slave.h"

static gboolean boot(HetRunningSlave *t, const HetBootOptions *options,
                     GError **error)
{
    const HetSoc *soc = t->defined->soc;
    guint64 entry;

    if (!options->firmware && !t->slave->kernel) {
        return het_slave_boot(t->qmp, soc, t->slave, NULL, error);
    }
    return het_slave_require_stopped(t->qmp, error) &&
           het_firmware_load(soc, t->slave, options->firmware, &entry,
                             error) &&
           het_slave_boot(t->qmp, soc, t->slave,
                          het_firmware_needs_entry(t->slave) ? &entry : NULL,
                          error);
}

gboolean het_boot(virConnectPtr conn, const char *soc, const char *slave,
                  const HetBootOptions *options, GError **error)
{
    g_auto(HetRunningSlave) t = { 0 };

    if (!het_running_slave_open(&t, conn, soc, slave, error)) {
        return FALSE;
    }
    if (boot(&t, options, error)) {
        /* Others may shut down or destroy what does not come up. */
        g_clear_pointer(&t.lock, het_lock_release);
        if (!options->wait ||
            het_slave_wait_running(t.qmp, options->timeout_s, error)) {
            return TRUE;
        }
    }
    g_prefix_error(error, "soc '%s': slave '%s': ", soc, slave);
    return FALSE;
}

gboolean het_boot_shutdown(virConnectPtr conn, const char *soc,
                           const char *slave, GError **error)
{
    g_auto(HetRunningSlave) t = { 0 };

    if (!het_running_slave_open(&t, conn, soc, slave, error)) {
        return FALSE;
    }
    if (!het_slave_shutdown(t.qmp, t.slave, error)) {
        g_prefix_error(error, "soc '%s': slave '%s': ", soc, slave);
        return FALSE;
    }
    return TRUE;
}

gboolean het_boot_reset(virConnectPtr conn, const char *soc,
                        const char *slave, GError **error)
{
    g_auto(HetRunningSlave) t = { 0 };

    if (!het_running_slave_open(&t, conn, soc, slave, error)) {
        return FALSE;
    }
    if (!het_slave_hold(t.qmp, t.slave, error)) {
        g_prefix_error(error, "soc '%s': slave '%s': ", soc, slave);
        return FALSE;
    }
    return TRUE;
}
