/*
 * What the processors of SoCs do, as figures for Prometheus
 *
 * Names and labels are an interface: a dashboard that works goes on working.
 * What is not known has no sample, rather than a wrong one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/status-metrics.h"

enum {
    INFO, SOC_STATE, SOC_WHOLE, SOC_MEMORY, SOC_MEMORY_GOOD,
    PROCESSOR_UP, PROCESSOR_ANSWERS, PROCESSOR_PAUSED, PROCESSOR_CPU,
    PROCESSOR_RESTARTS, CORE_STATE, CORE_BOOTS, CORE_CRASHES, CORE_STOPS,
    WINDOW_ATTACHED, LINK_STATE, LINK_SENT, LINK_RECEIVED, LINK_COALESCED,
};

static const HetMetricFamily families[] = {
    [INFO] = { "hetctl_build_info", HET_METRIC_GAUGE,
        "1, with the version of hetctl" },
    [SOC_STATE] = { "hetctl_soc_state", HET_METRIC_GAUGE,
        "1 for the state in which a SoC is, 0 for all others" },
    [SOC_WHOLE] = { "hetctl_soc_whole", HET_METRIC_GAUGE,
        "0 when a SoC lacks a domain or its XML" },
    [SOC_MEMORY] = { "hetctl_soc_memory_bytes", HET_METRIC_GAUGE,
        "Size of the memories that a SoC has by its XML" },
    [SOC_MEMORY_GOOD] = { "hetctl_soc_memory_good", HET_METRIC_GAUGE,
        "0 when the platform memory is gone, cut or replaced" },
    [PROCESSOR_UP] = { "hetctl_processor_up", HET_METRIC_GAUGE,
        "1 when a processor has an emulator that runs or is paused" },
    [PROCESSOR_ANSWERS] = { "hetctl_processor_answers", HET_METRIC_GAUGE,
        "0 when the emulator of a processor did not tell what it does" },
    [PROCESSOR_PAUSED] = { "hetctl_processor_paused", HET_METRIC_GAUGE,
        "1 when the emulator of a processor is paused" },
    [PROCESSOR_CPU] = { "hetctl_processor_cpu_seconds_total",
        HET_METRIC_COUNTER,
        "CPU time that the emulator of a processor has used" },
    [PROCESSOR_RESTARTS] = { "hetctl_processor_restarts_total",
        HET_METRIC_COUNTER,
        "How often hetctl watch has started a slave's emulator again" },
    [CORE_STATE] = { "hetctl_core_state", HET_METRIC_GAUGE,
        "1 for the state in which a slave's core is, 0 for all others" },
    [CORE_BOOTS] = { "hetctl_core_boots_total", HET_METRIC_COUNTER,
        "How often a slave's core has left reset" },
    [CORE_CRASHES] = { "hetctl_core_crashes_total", HET_METRIC_COUNTER,
        "How often a slave's core has crashed" },
    [CORE_STOPS] = { "hetctl_core_stops_total", HET_METRIC_COUNTER,
        "How often a slave's core has stopped, by reason" },
    [WINDOW_ATTACHED] = { "hetctl_window_attached", HET_METRIC_GAUGE,
        "1 when a window of a slave has its memory" },
    [LINK_STATE] = { "hetctl_link_state", HET_METRIC_GAUGE,
        "1 for the state in which a link of an IDM is, 0 for all others" },
    [LINK_SENT] = { "hetctl_link_sent_total", HET_METRIC_COUNTER,
        "Messages that a processor has rung to its peer" },
    [LINK_RECEIVED] = { "hetctl_link_received_total", HET_METRIC_COUNTER,
        "Messages that a processor has taken from its peer" },
    [LINK_COALESCED] = { "hetctl_link_coalesced_total", HET_METRIC_COUNTER,
        "Messages that were rung while the one before was not yet taken" },
    { 0 }
};

#define LABELS(...) ((const char *const[]) { __VA_ARGS__, NULL })

HetMetrics *het_status_metrics_new(void)
{
    HetMetrics *m = het_metrics_new(families);

    het_metrics_add_uint(m, INFO, LABELS("version", PACKAGE_VERSION), 1);
    return m;
}

static guint64 memory_size(const HetSoc *soc)
{
    guint64 size = 0;

    for (guint i = 0; i < soc->memories->len; i++) {
        const HetMemory *memory = g_ptr_array_index(soc->memories, i);

        size += memory->size;
    }
    return size;
}

static void add_soc(HetMetrics *m, const HetStatus *status)
{
    const HetDefined *defined = status->defined;
    const char *const *soc = LABELS("soc", defined->name);

    for (guint i = HET_RUN_OFF; i <= HET_RUN_SUSPENDED; i++) {
        het_metrics_add_uint(m, SOC_STATE,
                             LABELS("soc", defined->name,
                                    "state", het_run_state_name(i)),
                             het_defined_state(defined) == i);
    }
    het_metrics_add_uint(m, SOC_WHOLE, soc,
                         het_defined_check_whole(defined, NULL));
    het_metrics_add_uint(m, SOC_MEMORY_GOOD, soc,
                         status->memory_error == NULL);
    if (defined->soc) {
        het_metrics_add_uint(m, SOC_MEMORY, soc, memory_size(defined->soc));
    }
}

static void add_slave(HetMetrics *m, const char *soc, const char *name,
                      const HetSlaveInfo *slave)
{
    const char *const *labels = LABELS("soc", soc, "processor", name);

    for (guint i = HET_CORE_WAIT_MEMORY; i <= HET_CORE_CRASHED; i++) {
        het_metrics_add_uint(m, CORE_STATE,
                             LABELS("soc", soc, "processor", name,
                                    "state", het_core_state_name(i)),
                             slave->state == i);
    }
    het_metrics_add_uint(m, CORE_BOOTS, labels, slave->boots);
    het_metrics_add_uint(m, CORE_CRASHES, labels, slave->crashes);
    for (guint i = 0; i < slave->stops->len; i++) {
        const HetSlaveStop *stop = g_ptr_array_index(slave->stops, i);

        het_metrics_add_uint(m, CORE_STOPS,
                             LABELS("soc", soc, "processor", name,
                                    "reason", stop->reason), stop->count);
    }
    for (guint i = 0; i < slave->windows->len; i++) {
        const HetSlaveWindow *window = g_ptr_array_index(slave->windows, i);

        het_metrics_add_uint(m, WINDOW_ATTACHED,
                             LABELS("soc", soc, "processor", name,
                                    "window", window->id), window->attached);
    }
}

static void add_link(HetMetrics *m, const char *soc, const char *name,
                     const HetIdmInfo *idm, const HetIdmLink *link)
{
    const char *const *labels = LABELS("soc", soc, "processor", name,
                                       "idm", idm->id, "peer", link->peer);

    for (guint i = HET_LINK_CONNECTING; i <= HET_LINK_DISCONNECTED; i++) {
        het_metrics_add_uint(m, LINK_STATE,
                             LABELS("soc", soc, "processor", name,
                                    "idm", idm->id, "peer", link->peer,
                                    "state", het_link_state_name(i)),
                             link->state == i);
    }
    het_metrics_add_uint(m, LINK_SENT, labels, link->sent);
    het_metrics_add_uint(m, LINK_RECEIVED, labels, link->received);
    het_metrics_add_uint(m, LINK_COALESCED, labels, link->coalesced);
}

static void add_part(HetMetrics *m, const char *soc, const HetPartStatus *p)
{
    const char *name = p->part->name;
    const char *const *labels =
        LABELS("soc", soc, "processor", name,
               "role", p->part->is_master ? "master" : "slave");
    gboolean is_up = het_part_is_active(p->part);

    het_metrics_add_uint(m, PROCESSOR_UP, labels, is_up);
    if (is_up) {
        het_metrics_add_uint(m, PROCESSOR_ANSWERS, labels, p->error == NULL);
        het_metrics_add_uint(m, PROCESSOR_PAUSED, labels,
                             p->part->state == VIR_DOMAIN_PAUSED);
    }
    if (p->has_cpu_time) {
        het_metrics_add(m, PROCESSOR_CPU, labels, p->cpu_ns / 1e9);
    }
    if (!p->part->is_master) {
        het_metrics_add_uint(m, PROCESSOR_RESTARTS, labels, p->restarts);
    }
    if (p->slave) {
        add_slave(m, soc, name, p->slave);
    }
    for (guint i = 0; p->idms && i < p->idms->len; i++) {
        const HetIdmInfo *idm = g_ptr_array_index(p->idms, i);

        for (guint j = 0; j < idm->links->len; j++) {
            add_link(m, soc, name, idm, g_ptr_array_index(idm->links, j));
        }
    }
}

void het_status_metrics_add(HetMetrics *m, const HetStatus *status)
{
    add_soc(m, status);
    for (guint i = 0; i < status->parts->len; i++) {
        add_part(m, status->defined->name,
                 g_ptr_array_index(status->parts, i));
    }
}
