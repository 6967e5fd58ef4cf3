/*
 * The process of one slave, in a SoC that runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/slave-start.h"

#include "domain/call.h"
#include "domain/conn-place.h"
#include "domain/memory.h"
#include "run/demand-give.h"
#include "run/links.h"
#include "run/recorder-give.h"
#include "run/slave.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/interrupt.h"

#define LOCK_MS 5000

static gboolean attach(HetDefined *defined, HetPart *part, gboolean *done,
                       GError **error)
{
    const HetProcessor *slave = het_soc_find_processor(defined->soc,
                                                       part->name);
    g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);
    g_autoptr(HetSlaveInfo) info = NULL;
    g_autoptr(HetSegment) segment = NULL;

    /* A hetctl that was killed may not have come to that. */
    if (part->state == VIR_DOMAIN_PAUSED &&
        !het_recorder_give_again(defined, part, error)) {
        return FALSE;
    }
    if (defined->demand && part->state == VIR_DOMAIN_PAUSED) {
        segment = het_memory_open(defined, error);
        if (!segment || !het_demand_give(defined, part, segment, error)) {
            return FALSE;
        }
    }
    if (slave->boot_attach != HET_BOOT_ATTACH_START) {
        return TRUE;
    }
    info = het_qmp_query_slave(qmp, error);
    if (!info || info->state != HET_CORE_WAIT_MEMORY) {
        return info != NULL;
    }
    *done = TRUE;
    if (!segment) {
        segment = het_memory_open(defined, error);
    }
    return segment && het_slave_attach(qmp, defined->soc, slave, segment,
                                       info, error);
}

/* A debugger halts it, which lets it go on at the end. */
static gboolean is_debugged(const HetPart *part)
{
    g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);
    g_auto(HetDebugger) debugger = { 0 };

    return het_qmp_query_debugger(qmp, &debugger, NULL) && debugger.label &&
           !g_str_has_suffix(debugger.label, HET_QMP_DEBUGGER_PAUSED);
}

static gboolean is_suspended(const HetPart *part)
{
    return part->state == VIR_DOMAIN_PAUSED && !is_debugged(part);
}

/*
 * In a SoC that is suspended the slave stays so, too.  A debugger halts it as
 * soon as it is there, and it would stay paused when that has gone before.
 */
static gboolean resume(HetDefined *defined, HetPart *part, gboolean *done,
                       GError **error)
{
    if (part->state != VIR_DOMAIN_PAUSED ||
        is_suspended(het_defined_master(defined))) {
        return TRUE;
    }
    *done = TRUE;
    if (!het_call_resume(part->domain, error)) {
        g_prefix_error(error, "cannot resume: ");
        return FALSE;
    }
    part->state = VIR_DOMAIN_RUNNING;
    return TRUE;
}

gboolean het_slave_finish(HetDefined *defined, const char *slave,
                          guint timeout_s, gboolean *done, GError **error)
{
    HetPart *part = het_defined_slave(defined, slave, error);
    guint links = 0;

    *done = FALSE;
    /*
     * Windows first: with the link the master may release the core.  Links
     * last: when they are up, all is done.
     */
    if (!part || het_fault("slave-windows", error) ||
        !attach(defined, part, done, error) ||
        het_fault("slave-resume", error) ||
        !resume(defined, part, done, error) ||
        het_fault("slave-links", error) ||
        !het_links_connect(defined, slave, &links, error) ||
        !het_links_wait(defined, slave, timeout_s, error)) {
        g_prefix_error(error, "slave '%s': ", slave);
        return FALSE;
    }
    *done |= links > 0;
    return TRUE;
}

static gboolean create(HetPart *part, GError **error)
{
    if (!het_call_start(part->domain, error)) {
        g_prefix_error(error, "slave '%s': cannot start: ", part->name);
        return FALSE;
    }
    part->state = VIR_DOMAIN_PAUSED;
    return TRUE;
}

gboolean het_slave_start(HetDefined *defined, const char *slave,
                         guint timeout_s, GError **error)
{
    HetPart *part = het_defined_slave(defined, slave, error);
    gboolean done;

    if (!part || het_fault("slave-domain", error)) {
        return FALSE;
    }
    if (!create(part, error) ||
        !het_slave_finish(defined, slave, timeout_s, &done, error)) {
        het_interrupt_defer();
        het_call_destroy(part->domain, NULL);
        het_interrupt_heed();
        part->state = VIR_DOMAIN_SHUTOFF;
        return FALSE;
    }
    return TRUE;
}

static gboolean start_or_finish(HetDefined *defined, HetPart *part,
                                guint timeout_s, GError **error)
{
    gboolean done;

    if (!het_part_is_active(part)) {
        return het_slave_start(defined, part->name, timeout_s, error);
    }
    if (!het_slave_finish(defined, part->name, timeout_s, &done, error)) {
        return FALSE;
    }
    if (!done) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "slave '%s' is already running", part->name);
    }
    return done;
}

gboolean het_start_slave(virConnectPtr conn, const char *soc,
                         const char *slave, guint timeout_s, GError **error)
{
    g_autoptr(HetLock) lock = het_conn_lock(conn, soc, LOCK_MS, error);
    g_autoptr(HetDefined) defined =
        lock ? het_defined_find_whole(conn, soc, error) : NULL;
    HetPart *part = defined ? het_defined_slave(defined, slave, error) : NULL;
    gboolean ok;

    if (!part) {
        return FALSE;
    }
    if (!defined->started) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' is not running; 'hetctl start %s' starts all "
                    "of it", soc, soc);
        return FALSE;
    }
    het_interrupt_catch();
    ok = start_or_finish(defined, part, timeout_s, error);
    het_interrupt_release();
    if (!ok) {
        g_prefix_error(error, "soc '%s': ", soc);
    }
    return ok;
}
