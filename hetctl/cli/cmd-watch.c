/*
 * hetctl watch
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "cli/event-output.h"
#include "domain/conn.h"
#include "domain/defined.h"
#include "domain/loop.h"
#include "domain/monitor.h"
#include "run/watch.h"
#include "util/interrupt.h"

typedef struct {
    const char *soc;
    HetMonitor *monitor;
    HetWatch *watch;
    HetEventOutput output;
    gboolean quiet;
    GError *error;
} HetWatching;

static void on_event(const HetEvent *event, void *opaque)
{
    HetWatching *w = opaque;

    if (!w->quiet && !w->error) {
        het_event_output(event, w->output, &w->error);
    }
    if (w->error || het_watch_wants(w->watch, event)) {
        het_monitor_wake(w->monitor);
    }
}

static gboolean require_local(HetMonitor *monitor, const char *soc,
                              GError **error)
{
    virConnectPtr conn = het_monitor_get_conn(monitor);
    g_autoptr(HetDefined) defined =
        het_conn_require_local(conn, error)
        ? het_defined_find(conn, soc, error) : NULL;

    return defined != NULL;
}

static gboolean watch(gpointer opaque, GError **error)
{
    HetWatching *w = opaque;
    gboolean ok = het_monitor_open(w->monitor, error) &&
                  require_local(w->monitor, w->soc, error);

    if (ok) {
        het_monitor_tell(w->monitor, NULL, "WATCH_BEGINS", NULL);
    }
    while (ok && !w->error) {
        int ms = het_watch_look(w->watch, het_monitor_get_conn(w->monitor));

        ok = het_monitor_run(w->monitor, ms, error);
    }
    if (ok && w->error) {
        g_propagate_error(error, w->error);
        ok = FALSE;
    }
    return ok;
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    g_autoptr(HetMonitor) monitor = NULL;
    g_autoptr(HetWatch) keeper = NULL;
    HetWatching w = {
        .soc = soc,
        .quiet = het_cli_quiet(cli),
    };

    if (!het_event_output_choose(cli, &w.output, error) ||
        !het_loop_init(error)) {
        return FALSE;
    }
    monitor = het_monitor_new(het_cli_string(cli, "connect"), soc, on_event,
                              &w);
    keeper = het_watch_new(monitor, soc);
    w.monitor = monitor;
    w.watch = keeper;
    return het_interrupt_ends(watch, &w, error);
}

static const HetCliOption options[] = {
    HET_EVENT_OPTION_JOURNAL,
    { 0 }
};

const HetCommand het_cmd_watch = {
    .name = "watch",
    .args = "SOC",
    .min_args = 1,
    .max_args = 1,
    .summary = "Serve boot requests, restart slaves and connect links, "
               "until Ctrl+C",
    .options = options,
    .run = run,
};
