/*
 * Rebooting a SoC: by its software, else by a reset
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/power.h"

#include "domain/call.h"
#include "domain/conn.h"
#include "domain/conn-place.h"
#include "domain/defined.h"
#include "domain/loop.h"
#include "run/stop.h"
#include "util/error.h"
#include "util/interrupt.h"

#define LOCK_MS 5000

typedef struct {
    gboolean rebooted;
    int callback;
} HetReboot;

static void on_reboot(virConnectPtr conn, virDomainPtr domain, void *opaque)
{
    HetReboot *r = opaque;

    r->rebooted = TRUE;
}

static gboolean press_button(HetPart *master, guint timeout_s,
                             gboolean *rebooted, GError **error)
{
    virConnectPtr conn = virDomainGetConnect(master->domain);
    HetReboot r = { 0 };
    gboolean ok;

    *rebooted = FALSE;
    r.callback = virConnectDomainEventRegisterAny(
        conn, master->domain, VIR_DOMAIN_EVENT_ID_REBOOT,
        VIR_DOMAIN_EVENT_CALLBACK(on_reboot), &r, NULL);
    if (r.callback < 0) {
        het_conn_set_error(error, HET_ERROR_LIBVIRT,
                           "cannot watch the master");
        return FALSE;
    }
    het_interrupt_catch();
    /* One that cannot be asked is reset. */
    ok = !het_call_reboot(master->domain, NULL) ||
         het_loop_run(&r.rebooted, timeout_s * 1000, error);
    het_interrupt_release();
    virConnectDomainEventDeregisterAny(conn, r.callback);
    *rebooted = r.rebooted;
    return ok;
}

/* What the host has booted is not put into reset by the master's. */
static gboolean hold_host_slaves(virConnectPtr conn, const char *name,
                                 GError **error)
{
    g_autoptr(HetLock) lock = het_conn_lock(conn, name, LOCK_MS, error);
    g_autoptr(HetDefined) defined = lock ? het_defined_find_whole(conn, name,
                                                                  error)
                                         : NULL;

    return defined && het_power_hold_slaves(defined, TRUE, error);
}

/* The lock is not held while the master takes its time. */
gboolean het_reboot(virConnectPtr conn, const char *name, guint timeout_s,
                    gboolean *graceful, GError **error)
{
    g_autoptr(HetDefined) defined = het_defined_find_whole(conn, name, error);
    HetPart *master = defined ? het_defined_master(defined) : NULL;

    *graceful = FALSE;
    if (!master) {
        return FALSE;
    }
    if (!het_part_is_active(master)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' is not running", name);
        return FALSE;
    }
    if (master->state == VIR_DOMAIN_RUNNING &&
        het_stop_has_power_button(defined) &&
        !press_button(master, timeout_s, graceful, error)) {
        g_prefix_error(error, "soc '%s': ", name);
        return FALSE;
    }
    return *graceful ? hold_host_slaves(conn, name, error)
                     : het_reset(conn, name, error);
}
