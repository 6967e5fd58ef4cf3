/*
 * hetctl events
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "cli/event-output.h"
#include "domain/defined.h"
#include "domain/loop.h"
#include "domain/monitor.h"
#include "util/interrupt.h"

typedef struct {
    const char *soc;
    HetMonitor *monitor;
    HetEventOutput output;
    guint count;                /* 0: no end */
    guint printed;
    GError *error;
} HetEvents;

static gboolean is_over(const HetEvents *e)
{
    return e->error || (e->count && e->printed >= e->count);
}

static void on_event(const HetEvent *event, void *opaque)
{
    HetEvents *e = opaque;

    if (is_over(e)) {
        return;
    }
    e->printed += het_event_output(event, e->output, &e->error);
    if (is_over(e)) {
        het_monitor_wake(e->monitor);
    }
}

static gboolean require_defined(HetMonitor *monitor, const char *soc,
                                GError **error)
{
    g_autoptr(HetDefined) defined =
        het_defined_find(het_monitor_get_conn(monitor), soc, error);

    return defined != NULL;
}

static gboolean listen(gpointer opaque, GError **error)
{
    HetEvents *e = opaque;
    gboolean ok = het_monitor_open(e->monitor, error) &&
                  require_defined(e->monitor, e->soc, error);

    while (ok && !is_over(e)) {
        ok = het_monitor_run(e->monitor, -1, error);
    }
    if (ok && e->error) {
        g_propagate_error(error, e->error);
        ok = FALSE;
    }
    return ok;
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    g_autoptr(HetMonitor) monitor = NULL;
    HetEvents e = {
        .soc = soc,
        .count = het_cli_number(cli, "count", 0),
    };

    if (!het_event_output_choose(cli, &e.output, error) ||
        !het_loop_init(error)) {
        return FALSE;
    }
    monitor = het_monitor_new(het_cli_string(cli, "connect"), soc, on_event,
                              &e);
    e.monitor = monitor;
    return het_interrupt_ends(listen, &e, error);
}

static const HetCliOption options[] = {
    { "count", 'n', HET_OPTION_NUMBER, "N",
      "end after so many events (default: no end)" },
    HET_EVENT_OPTION_JOURNAL,
    { 0 }
};

const HetCommand het_cmd_events = {
    .name = "events",
    .args = "SOC",
    .min_args = 1,
    .max_args = 1,
    .summary = "Print what happens in a SoC, a line each, until Ctrl+C",
    .options = options,
    .run = run,
};
