/*
 * Keeping a SoC as its XML wants it, while it runs
 *
 * It remembers nothing that it could ask for: each look starts from what
 * libvirt and the emulators say, so that a restart of libvirtd, of this
 * program, or a lost event change nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/watch.h"

#include <string.h>

#include "domain/call.h"
#include "domain/conn-place.h"
#include "domain/defined.h"
#include "domain/memory.h"
#include "domain/restarts.h"
#include "run/links.h"
#include "run/parallel.h"
#include "run/slave-start.h"
#include "run/slave.h"
#include "run/stop.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/interrupt.h"

#define LOCK_MS 2000
#define LINK_TIMEOUT_S 5
#define RETRY_MS 250
#define RETRY_MAX_MS 8000
/* Whether one that is silent answers again, no event tells. */
#define SILENT_MS 1000
/* So often a slave is restarted at once; then as often as that refills. */
#define BUDGET 20.0
#define BUDGET_PER_S 2.0

typedef struct {
    double budget;              /* of restarts, at @filled */
    gint64 filled;
    gint64 not_before;
    gboolean given_up;          /* told that nothing is done */
} HetPatient;

struct HetWatch {
    HetMonitor *monitor;
    char *soc;
    GHashTable *patients;       /* name of the slave -> HetPatient */
    GHashTable *silent;         /* names of processors that do not answer */
    gboolean on_demand;         /* a slave has <boot attach='request'/> */
    guint retry_ms;
    char *complaint;            /* what failed last, told once */
};

HetWatch *het_watch_new(HetMonitor *monitor, const char *soc)
{
    HetWatch *w = g_new0(HetWatch, 1);

    w->monitor = monitor;
    w->soc = g_strdup(soc);
    w->on_demand = TRUE;
    w->patients = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                        g_free);
    w->silent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return w;
}

void het_watch_free(HetWatch *w)
{
    if (w) {
        g_hash_table_unref(w->patients);
        g_hash_table_unref(w->silent);
        g_free(w->soc);
        g_free(w->complaint);
        g_free(w);
    }
}

gboolean het_watch_wants(HetWatch *w, const HetEvent *event)
{
    static const char *const names[] = {
        "IDM_PEER_LOST", "DOMAIN_STARTED", "DOMAIN_STOPPED",
        "LIBVIRT_CONNECTED", NULL
    };

    return g_strv_contains(names, event->name) ||
           (w->on_demand && g_str_has_prefix(event->name, "SLAVE_"));
}

static void tell(HetWatch *w, const char *processor, const char *name,
                 const char *key, const char *value)
{
    g_autoptr(JsonObject) data = NULL;

    if (key) {
        data = json_object_new();
        json_object_set_string_member(data, key, value);
    }
    het_monitor_tell(w->monitor, processor, name, data);
}

static HetPatient *patient_of(HetWatch *w, const char *slave)
{
    HetPatient *p = g_hash_table_lookup(w->patients, slave);

    if (!p) {
        p = g_new0(HetPatient, 1);
        p->budget = BUDGET;
        p->filled = g_get_monotonic_time();
        g_hash_table_insert(w->patients, g_strdup(slave), p);
    }
    return p;
}

/* ---- attach on demand ---- */

static gboolean attach(HetWatch *w, HetDefined *defined, HetQmp *qmp,
                       const HetProcessor *slave, const HetSlaveInfo *info,
                       GError **error)
{
    g_autoptr(HetSegment) segment = het_memory_open(defined, error);

    if (!segment || !het_slave_attach(qmp, defined->soc, slave, segment, info,
                                      error)) {
        return FALSE;
    }
    tell(w, slave->name, "WATCH_ATTACHED", NULL, NULL);
    return TRUE;
}

static gboolean has_windows(const HetSlaveInfo *info)
{
    for (guint i = 0; i < info->windows->len; i++) {
        const HetSlaveWindow *window = g_ptr_array_index(info->windows, i);

        if (window->attached) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean may_detach(const HetSlaveInfo *info)
{
    return !info->released && info->state != HET_CORE_RUNNING &&
           info->state != HET_CORE_CRASHED && has_windows(info);
}

static gboolean detach(HetWatch *w, HetQmp *qmp, const HetProcessor *slave,
                       GError **error)
{
    g_autoptr(HetSlaveInfo) info = NULL;
    g_autoptr(GError) refused = NULL;

    if (het_fault("watch-detach", error)) {
        return FALSE;
    }
    if (het_qmp_slave_detach_memory(qmp, NULL, TRUE, &refused)) {
        tell(w, slave->name, "WATCH_DETACHED", NULL, NULL);
        return TRUE;
    }
    /* The master may have released the core after we looked. */
    info = het_qmp_query_slave(qmp, error);
    if (info && may_detach(info)) {
        g_propagate_error(error, g_steal_pointer(&refused));
        return FALSE;
    }
    return info != NULL;
}

static gboolean serve_windows(HetWatch *w, HetDefined *defined,
                              HetPart *part, GError **error)
{
    const HetProcessor *slave = het_soc_find_processor(defined->soc,
                                                       part->name);
    g_autoptr(HetQmp) qmp = NULL;
    g_autoptr(HetSlaveInfo) info = NULL;

    if (slave->boot_attach != HET_BOOT_ATTACH_REQUEST) {
        return TRUE;
    }
    qmp = het_qmp_new_for_domain(part->domain);
    info = het_qmp_query_slave(qmp, error);
    if (!info) {
        return FALSE;
    }
    if (info->state == HET_CORE_WAIT_MEMORY && info->released) {
        return attach(w, defined, qmp, slave, info, error);
    }
    return !may_detach(info) || detach(w, qmp, slave, error);
}

/* ---- slaves that have died ---- */

/* Not when somebody has ended it on purpose. */
static gboolean has_died(const HetPart *part, const char **reason)
{
    int state, why;

    if (virDomainGetState(part->domain, &state, &why, 0) < 0 ||
        state != VIR_DOMAIN_SHUTOFF) {
        return FALSE;
    }
    *reason = why == VIR_DOMAIN_SHUTOFF_CRASHED ? "crashed"
              : why == VIR_DOMAIN_SHUTOFF_DAEMON ? "lost by libvirtd"
              : "failed";
    return why == VIR_DOMAIN_SHUTOFF_CRASHED ||
           why == VIR_DOMAIN_SHUTOFF_DAEMON ||
           why == VIR_DOMAIN_SHUTOFF_FAILED;
}

/* FALSE: it has to wait; see not_before */
static gboolean may_restart(HetPatient *p)
{
    gint64 now = g_get_monotonic_time();

    p->budget += (now - p->filled) * BUDGET_PER_S / G_USEC_PER_SEC;
    p->budget = MIN(p->budget, BUDGET);
    p->filled = now;
    if (p->budget < 1) {
        p->not_before = now + (1 - p->budget) / BUDGET_PER_S * G_USEC_PER_SEC;
        return FALSE;
    }
    p->budget--;
    return TRUE;
}

static gboolean restart(HetWatch *w, HetDefined *defined, HetPart *part,
                        const char *reason, GError **error)
{
    HetPatient *p = patient_of(w, part->name);

    if (!may_restart(p)) {
        return TRUE;
    }
    if (!het_slave_start(defined, part->name, LINK_TIMEOUT_S, error)) {
        return FALSE;
    }
    p->given_up = FALSE;
    het_restarts_add(defined, part->name, reason);
    tell(w, part->name, "WATCH_RESTARTED", "reason", reason);
    return TRUE;
}

static gboolean serve_death(HetWatch *w, HetDefined *defined, HetPart *part,
                            gboolean *ended, GError **error)
{
    const HetProcessor *slave = het_soc_find_processor(defined->soc,
                                                       part->name);
    HetPatient *p = patient_of(w, part->name);
    const char *reason;

    if (!has_died(part, &reason)) {
        return TRUE;
    }
    switch (slave->on_crash) {
    case HET_ON_CRASH_RESTART:
        return restart(w, defined, part, reason, error);
    case HET_ON_CRASH_DESTROY:
        *ended = TRUE;
        if (!het_stop(defined, error)) {
            return FALSE;
        }
        tell(w, NULL, "WATCH_DESTROYED", "reason", reason);
        return TRUE;
    case HET_ON_CRASH_PRESERVE:
        if (!p->given_up) {
            p->given_up = TRUE;
            tell(w, part->name, "WATCH_PRESERVED", "reason", reason);
        }
        return TRUE;
    }
    return TRUE;
}

/* ---- links ---- */

/* This also finishes the start of a slave that was cut. */
static gboolean serve_links(HetWatch *w, HetDefined *defined, HetPart *part,
                            GError **error)
{
    gboolean up, done;

    patient_of(w, part->name)->given_up = FALSE;
    if (!het_links_are_up(defined, part->name, &up, error)) {
        return FALSE;
    }
    if (up) {
        return TRUE;
    }
    if (!het_slave_finish(defined, part->name, LINK_TIMEOUT_S, &done,
                          error)) {
        return FALSE;
    }
    tell(w, part->name, "WATCH_RELINKED", NULL, NULL);
    return TRUE;
}

/* ---- processors that do not answer ---- */

static gboolean ping(HetPart *part, void *opaque, GError **none)
{
    g_autoptr(GError) error = NULL;

    part->is_silent =
        het_part_is_active(part) && !het_call_ping(part->domain, &error) &&
        g_error_matches(error, HET_ERROR, HET_ERROR_TIMEOUT);
    return TRUE;
}

static void note_silence(HetWatch *w, const HetPart *part)
{
    gboolean was_silent = g_hash_table_contains(w->silent, part->name);

    if (part->is_silent && !was_silent) {
        g_hash_table_add(w->silent, g_strdup(part->name));
        tell(w, part->name, "WATCH_NOT_ANSWERING", NULL, NULL);
    } else if (!part->is_silent && was_silent) {
        g_hash_table_remove(w->silent, part->name);
        if (het_part_is_active(part)) {
            tell(w, part->name, "WATCH_ANSWERING", NULL, NULL);
        }
    }
}

/* Without the lock: who wants to end the SoC need not wait for this. */
static gboolean look_for_silence(HetWatch *w, virConnectPtr conn,
                                 GError **error)
{
    g_autoptr(HetDefined) defined = het_defined_find(conn, w->soc, error);

    if (!defined) {
        return FALSE;
    }
    het_parallel_run(defined->parts, ping, NULL, NULL);
    for (guint i = 0; !het_interrupted(NULL) && i < defined->parts->len;
         i++) {
        note_silence(w, g_ptr_array_index(defined->parts, i));
    }
    return !het_interrupted(error);
}

static void mark_silent(HetWatch *w, HetDefined *defined)
{
    for (guint i = 0; i < defined->parts->len; i++) {
        HetPart *part = g_ptr_array_index(defined->parts, i);

        part->is_silent = g_hash_table_contains(w->silent, part->name);
    }
}

/* ---- one look ---- */

static gboolean has_on_demand(const HetSoc *soc)
{
    for (guint i = 0; i < soc->slaves->len; i++) {
        const HetProcessor *slave = g_ptr_array_index(soc->slaves, i);

        if (slave->boot_attach == HET_BOOT_ATTACH_REQUEST) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean serve(HetWatch *w, HetDefined *defined, GError **error)
{
    gboolean ended = FALSE;
    gboolean ok = TRUE;

    for (guint i = 0; i < defined->parts->len && !ended; i++) {
        HetPart *part = g_ptr_array_index(defined->parts, i);
        GError **at = ok ? error : NULL;

        if (part->is_master || part->is_silent) {
            continue;
        }
        if (!het_part_is_active(part)) {
            ok &= serve_death(w, defined, part, &ended, at);
        } else {
            ok &= serve_links(w, defined, part, at) &&
                  serve_windows(w, defined, part, ok ? error : NULL);
        }
    }
    return ok;
}

static gboolean look(HetWatch *w, virConnectPtr conn, GError **error)
{
    g_autoptr(HetLock) lock =
        look_for_silence(w, conn, error)
        ? het_conn_lock(conn, w->soc, LOCK_MS, error) : NULL;
    g_autoptr(HetDefined) defined =
        lock ? het_defined_find_whole(conn, w->soc, error) : NULL;

    if (!defined) {
        return FALSE;
    }
    mark_silent(w, defined);
    w->on_demand = has_on_demand(defined->soc);
    /* A start that is not complete is another hetctl's. */
    return !defined->started ||
           !het_part_is_active(het_defined_master(defined)) ||
           serve(w, defined, error);
}

/*
 * Much fails once while something dies, and not again: only what fails twice
 * is told, and that once.
 */
static void complain(HetWatch *w, const GError *error)
{
    if (w->retry_ms && g_strcmp0(w->complaint, error->message)) {
        g_free(w->complaint);
        w->complaint = g_strdup(error->message);
        tell(w, NULL, "WATCH_FAILED", "message", error->message);
    }
}

/* The first patient that waits decides. */
static int next_look_ms(HetWatch *w)
{
    gint64 now = g_get_monotonic_time();
    gint64 next = g_hash_table_size(w->silent)
                  ? now + SILENT_MS * 1000 : G_MAXINT64;
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, w->patients);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const HetPatient *p = value;

        if (p->not_before > now) {
            next = MIN(next, p->not_before);
        }
    }
    return next == G_MAXINT64 ? -1 : (next - now) / 1000 + 1;
}

int het_watch_look(HetWatch *w, virConnectPtr conn)
{
    g_autoptr(GError) error = NULL;

    if (look(w, conn, &error) ||
        g_error_matches(error, HET_ERROR, HET_ERROR_NOT_FOUND)) {
        w->retry_ms = 0;
        g_clear_pointer(&w->complaint, g_free);
        return next_look_ms(w);
    }
    complain(w, error);
    w->retry_ms = CLAMP(w->retry_ms * 2, RETRY_MS, RETRY_MAX_MS);
    return w->retry_ms;
}
