/*
 * Suspending, resuming, resetting a SoC that runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/power.h"

#include "domain/call.h"
#include "domain/conn-place.h"
#include "domain/defined.h"
#include "qmp/qmp.h"
#include "run/slave.h"
#include "util/error.h"
#include "util/interrupt.h"

#define LOCK_MS 5000
#define LATE_TRIES 5

typedef struct {
    HetLock *lock;
    HetDefined *defined;
} HetLocked;

static void locked_clear(HetLocked *l)
{
    g_clear_pointer(&l->defined, het_defined_free);
    g_clear_pointer(&l->lock, het_lock_release);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetLocked, locked_clear)

static gboolean locked_open(HetLocked *l, virConnectPtr conn,
                            const char *name, GError **error)
{
    l->lock = het_conn_lock(conn, name, LOCK_MS, error);
    l->defined = l->lock ? het_defined_find_whole(conn, name, error) : NULL;
    if (!l->defined) {
        return FALSE;
    }
    if (!het_part_is_active(het_defined_master(l->defined))) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' is not running", name);
        return FALSE;
    }
    return TRUE;
}

static gboolean suspend_part(HetPart *part, GError **error)
{
    if (!het_call_suspend(part->domain, error)) {
        g_prefix_error(error, "processor '%s': cannot suspend: ",
                       part->name);
        return FALSE;
    }
    return TRUE;
}

static gboolean resume_part(HetPart *part, GError **error)
{
    if (!het_call_resume(part->domain, error)) {
        g_prefix_error(error, "processor '%s': cannot resume: ", part->name);
        return FALSE;
    }
    part->state = VIR_DOMAIN_RUNNING;
    return TRUE;
}

/* HetPart of @defined that are in @state, the master first */
static GPtrArray *parts_in_state(const HetDefined *defined, int state)
{
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; i < defined->parts->len; i++) {
        HetPart *part = g_ptr_array_index(defined->parts, i);

        if (part->state == state) {
            g_ptr_array_add(found, part);
        }
    }
    return found;
}

static gboolean resume_all(GPtrArray *parts, guint n, GError **error)
{
    gboolean ok = TRUE;

    while (n-- > 0) {
        ok = resume_part(g_ptr_array_index(parts, n), ok ? error : NULL) &&
             ok;
    }
    return ok;
}

/* What libvirt was asked for may have happened, also when it said no. */
static gboolean suspend_all(GPtrArray *parts, GError **error)
{
    gboolean ok = TRUE;

    het_interrupt_catch();
    for (guint i = 0; ok && i < parts->len; i++) {
        ok = suspend_part(g_ptr_array_index(parts, i), error);
        if (!ok) {
            het_interrupt_defer();
            resume_all(parts, i + 1, NULL);
            het_interrupt_heed();
        }
    }
    het_interrupt_release();
    return ok;
}

/* One that cannot be resumed does not stop the others, a signal does. */
static gboolean resume_or_undo(GPtrArray *parts, GError **error)
{
    gboolean ok;

    het_interrupt_catch();
    ok = resume_all(parts, parts->len, error);
    if (!ok && het_interrupted(NULL)) {
        het_interrupt_defer();
        for (guint i = 0; i < parts->len; i++) {
            HetPart *part = g_ptr_array_index(parts, i);

            if (part->state == VIR_DOMAIN_RUNNING) {
                suspend_part(part, NULL);
            }
        }
        het_interrupt_heed();
    }
    het_interrupt_release();
    return ok;
}

static gboolean is_exhausted(HetPart *part)
{
    g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);
    HetMemoryDemand demand;

    return het_qmp_query_memory_demand(qmp, &demand, NULL) &&
           demand.is_exhausted;
}

/*
 * Parts that heard only now that one had no memory stand, while that one goes
 * on. Where it has none again, it calls all, and all of them stand.
 */
static void resume_late(const HetDefined *defined)
{
    for (guint tries = 0; tries < LATE_TRIES; tries++) {
        g_autoptr(GPtrArray) late = g_ptr_array_new();
        guint active = 0;

        for (guint i = 0; i < defined->parts->len; i++) {
            HetPart *part = g_ptr_array_index(defined->parts, i);

            active += het_part_is_active(part);
            if (het_part_is_active(part) && is_exhausted(part)) {
                g_ptr_array_add(late, part);
            }
        }
        if (!late->len || late->len == active) {
            return;
        }
        resume_all(late, late->len, NULL);
    }
}

gboolean het_suspend(virConnectPtr conn, const char *name, GError **error)
{
    g_auto(HetLocked) l = { 0 };
    g_autoptr(GPtrArray) parts = NULL;

    if (!locked_open(&l, conn, name, error)) {
        return FALSE;
    }
    parts = parts_in_state(l.defined, VIR_DOMAIN_RUNNING);
    if (!parts->len) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' is suspended already", name);
        return FALSE;
    }
    if (!suspend_all(parts, error)) {
        g_prefix_error(error, "soc '%s': ", name);
        return FALSE;
    }
    return TRUE;
}

gboolean het_resume(virConnectPtr conn, const char *name, GError **error)
{
    g_auto(HetLocked) l = { 0 };
    g_autoptr(GPtrArray) parts = NULL;

    if (!locked_open(&l, conn, name, error)) {
        return FALSE;
    }
    parts = parts_in_state(l.defined, VIR_DOMAIN_PAUSED);
    if (!parts->len) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' is not suspended", name);
        return FALSE;
    }
    if (!resume_or_undo(parts, error)) {
        g_prefix_error(error, "soc '%s': ", name);
        return FALSE;
    }
    if (l.defined->demand) {
        resume_late(l.defined);
    }
    return TRUE;
}

static gboolean hold_slave(const HetDefined *defined,
                           const HetProcessor *slave, GError **error)
{
    HetPart *part = het_defined_slave(defined, slave->name, error);
    g_autoptr(HetQmp) qmp = NULL;

    if (!part) {
        return FALSE;
    }
    if (!het_part_is_active(part)) {
        return TRUE;
    }
    qmp = het_qmp_new_for_domain(part->domain);
    if (!het_slave_hold(qmp, slave, error)) {
        g_prefix_error(error, "slave '%s': ", slave->name);
        return FALSE;
    }
    return TRUE;
}

gboolean het_power_hold_slaves(const HetDefined *defined,
                               gboolean only_hosts, GError **error)
{
    GPtrArray *slaves = defined->soc->slaves;

    for (guint i = 0; i < slaves->len; i++) {
        const HetProcessor *slave = g_ptr_array_index(slaves, i);

        if ((!only_hosts || slave->boot_control == HET_BOOT_CONTROL_HOST) &&
            !hold_slave(defined, slave, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean reset_master(HetPart *master, GError **error)
{
    if (!het_call_reset(master->domain, error)) {
        g_prefix_error(error, "processor '%s': cannot reset: ",
                       master->name);
        return FALSE;
    }
    return TRUE;
}

/* Stopped, its software cannot release a slave half way. */
static gboolean reset_stopped(const HetDefined *defined, GError **error)
{
    HetPart *master = het_defined_master(defined);
    gboolean runs = master->state == VIR_DOMAIN_RUNNING;
    gboolean ok;

    if (runs && !suspend_part(master, error)) {
        return FALSE;
    }
    ok = het_power_hold_slaves(defined, FALSE, error) &&
         reset_master(master, error);
    het_interrupt_defer();
    if (runs && !resume_part(master, ok ? error : NULL)) {
        ok = FALSE;
    }
    het_interrupt_heed();
    return ok;
}

gboolean het_reset(virConnectPtr conn, const char *name, GError **error)
{
    g_auto(HetLocked) l = { 0 };
    gboolean ok;

    if (!locked_open(&l, conn, name, error)) {
        return FALSE;
    }
    het_interrupt_catch();
    ok = reset_stopped(l.defined, error);
    het_interrupt_release();
    if (!ok) {
        g_prefix_error(error, "soc '%s': ", name);
    }
    return ok;
}
