/*
 * What the processors of a SoC do: asking them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/status.h"

#include <string.h>

#include "domain/memory.h"
#include "domain/recorder-memory.h"
#include "domain/restarts.h"
#include "run/parallel.h"
#include "util/error.h"

static void part_status_free(gpointer data)
{
    HetPartStatus *p = data;

    g_clear_pointer(&p->slave, het_slave_info_free);
    g_clear_pointer(&p->idms, g_ptr_array_unref);
    g_clear_pointer(&p->cores, het_cores_free);
    het_debugger_clear(&p->debugger);
    g_free(p->restart_reason);
    g_free(p->error);
    g_free(p);
}

void het_status_free(HetStatus *status)
{
    if (status) {
        g_ptr_array_unref(status->parts);
        g_free(status->memory_error);
        g_free(status);
    }
}

/* libvirt does not tell the process, but any of its threads leads there. */
static guint64 process_of_thread(guint64 thread)
{
    g_autofree char *path = g_strdup_printf("/proc/%" G_GUINT64_FORMAT
                                            "/status", thread);
    g_autofree char *text = NULL;
    const char *line;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return 0;
    }
    line = strstr(text, "\nTgid:");
    return line ? g_ascii_strtoull(line + strlen("\nTgid:"), NULL, 10) : 0;
}

static gboolean ask(HetPartStatus *p, const HetDefined *defined, HetQmp *qmp,
                    GError **error)
{
    guint64 thread = het_qmp_query_thread(qmp, error);

    if (!thread) {
        return FALSE;
    }
    p->pid = process_of_thread(thread);
    if (!het_qmp_query_debugger(qmp, &p->debugger, error)) {
        return FALSE;
    }
    if (!p->part->is_master) {
        p->slave = het_qmp_query_slave(qmp, error);
        if (!p->slave) {
            return FALSE;
        }
    }
    p->idms = het_qmp_query_idm(qmp, error);
    if (!p->idms) {
        return FALSE;
    }
    if (defined->demand && p->part->state == VIR_DOMAIN_PAUSED) {
        HetMemoryDemand demand;

        if (!het_qmp_query_memory_demand(qmp, &demand, error)) {
            return FALSE;
        }
        p->has_no_memory = demand.is_exhausted;
    }
    p->cores = het_cores_gather(defined, p->part, qmp, p->slave, error);
    return p->cores != NULL;
}

/* Nobody has asked for it; libvirt forgets that when it starts again. */
static const char *unasked_end(const HetPart *part)
{
    if (!part->domain || part->state != VIR_DOMAIN_SHUTOFF) {
        return NULL;
    }
    switch (part->reason) {
    case VIR_DOMAIN_SHUTOFF_CRASHED:
        return "its emulator has ended unexpectedly";
    case VIR_DOMAIN_SHUTOFF_FAILED:
        return "its emulator could not be started";
    default:
        return NULL;
    }
}

/*
 * An emulator that touches what is cut off its memory ends, by SIGBUS; what
 * is left of it says so afterwards as well.
 */
static char *memory_error(const HetDefined *defined)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSegment) segment = NULL;

    if (!defined->soc || !het_memory_exists(defined)) {
        return defined->started && defined->segment
               ? g_strdup_printf("platform memory '%s' is gone",
                                 defined->segment) : NULL;
    }
    segment = het_memory_open(defined, &error);
    return !segment && error->code == HET_ERROR_STATE
           ? g_strdup(error->message) : NULL;
}

static HetPartStatus *status_of(const HetStatus *status, const HetPart *part)
{
    for (guint i = 0; i < status->parts->len; i++) {
        HetPartStatus *p = g_ptr_array_index(status->parts, i);

        if (p->part == part) {
            return p;
        }
    }
    return NULL;
}

/* Where an emulator hangs, libvirt would wait for it here as well. */
static void ask_cpu_time(HetPartStatus *p)
{
    virDomainInfo info;

    p->has_cpu_time = virDomainGetInfo(p->part->domain, &info) == 0;
    if (p->has_cpu_time) {
        p->cpu_ns = info.cpuTime;
    }
}

/* What cannot be told is a part of the answer, not an error. */
static gboolean gather(HetPart *part, void *opaque, GError **none)
{
    const HetStatus *status = opaque;
    const HetDefined *defined = status->defined;
    HetPartStatus *p = status_of(status, part);
    g_autoptr(GError) error = NULL;
    g_autoptr(HetQmp) qmp = NULL;
    int autostart = 0;

    p->ended = unasked_end(part);
    if (part->domain) {
        p->is_transient = virDomainIsPersistent(part->domain) == 0;
        p->is_saved = virDomainHasManagedSaveImage(part->domain, 0) == 1;
        p->is_autostart =
            virDomainGetAutostart(part->domain, &autostart) == 0 && autostart;
    }
    if (!part->is_master) {
        p->restarts = het_restarts_get(defined, part->name,
                                       &p->restart_reason);
    }
    if (het_part_is_active(part)) {
        qmp = het_qmp_new_for_domain(part->domain);
        if (ask(p, defined, qmp, &error)) {
            ask_cpu_time(p);
        } else {
            p->error = g_strdup(error->message);
            part->is_silent = g_error_matches(error, HET_ERROR,
                                              HET_ERROR_TIMEOUT);
        }
    }
    return TRUE;
}

static gboolean has_recorders(const HetDefined *defined)
{
    return defined->soc && defined->segment &&
           het_recorder_memory_is_used(defined);
}

HetStatus *het_status_gather(const HetDefined *defined)
{
    HetStatus *status = g_new0(HetStatus, 1);

    status->defined = defined;
    status->memory_error = memory_error(defined);
    status->has_recorders = has_recorders(defined);
    status->parts = g_ptr_array_new_with_free_func(part_status_free);
    for (guint i = 0; i < defined->parts->len; i++) {
        HetPartStatus *p = g_new0(HetPartStatus, 1);

        p->part = g_ptr_array_index(defined->parts, i);
        g_ptr_array_add(status->parts, p);
    }
    het_parallel_run(defined->parts, gather, status, NULL);
    return status;
}
