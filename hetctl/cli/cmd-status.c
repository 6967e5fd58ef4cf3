/*
 * hetctl status
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <stdio.h>

#include "cli/status-metrics.h"
#include "run/status.h"
#include "run/stubs.h"
#include "util/error.h"
#include "util/output.h"

static GPtrArray *find_socs(HetCli *cli, GError **error)
{
    virConnectPtr conn = het_cli_connect(cli, error);
    const char *name = het_cli_arg(cli, 0);
    HetDefined *defined;
    GPtrArray *list;

    if (!conn) {
        return NULL;
    }
    if (!name) {
        return het_defined_list(conn, error);
    }
    defined = het_defined_find(conn, name, error);
    if (!defined) {
        return NULL;
    }
    list = g_ptr_array_new_with_free_func((GDestroyNotify)het_defined_free);
    g_ptr_array_add(list, defined);
    return list;
}

static void print_json(GPtrArray *list, gboolean is_array)
{
    g_autoptr(JsonBuilder) b = json_builder_new();

    if (is_array) {
        json_builder_begin_array(b);
    }
    for (guint i = 0; i < list->len; i++) {
        g_autoptr(HetStatus) status =
            het_status_gather(g_ptr_array_index(list, i));

        het_status_add_json(status, b);
    }
    if (is_array) {
        json_builder_end_array(b);
    }
    het_json_print(b);
}

static void print_metrics(GPtrArray *list)
{
    g_autoptr(HetMetrics) metrics = het_status_metrics_new();
    g_autofree char *text = NULL;

    for (guint i = 0; i < list->len; i++) {
        g_autoptr(HetStatus) status =
            het_status_gather(g_ptr_array_index(list, i));

        het_status_metrics_add(metrics, status);
    }
    text = het_metrics_to_text(metrics);
    fputs(text, stdout);
}

static gboolean wants_metrics(HetCli *cli)
{
    return !g_strcmp0(het_cli_string(cli, "format"), "prometheus");
}

static gboolean print_stubs(HetCli *cli, GError **error)
{
    g_autoptr(GPtrArray) list = NULL;
    g_autoptr(HetStubs) stubs = NULL;
    g_autoptr(JsonBuilder) b = NULL;

    if (!het_cli_arg(cli, 0)) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "'status --stubs' needs the argument SOC");
        return FALSE;
    }
    list = find_socs(cli, error);
    if (!list) {
        return FALSE;
    }
    stubs = het_stubs_gather(g_ptr_array_index(list, 0));
    if (het_cli_format(cli) == HET_FORMAT_JSON) {
        b = json_builder_new();
        het_stubs_add_json(stubs, b);
        het_json_print(b);
    } else {
        het_stubs_print_table(stubs);
    }
    return TRUE;
}

static void print_tables(GPtrArray *list, gboolean cores)
{
    for (guint i = 0; i < list->len; i++) {
        g_autoptr(HetStatus) status =
            het_status_gather(g_ptr_array_index(list, i));

        fputs(i ? "\n" : "", stdout);
        if (cores) {
            het_status_print_cores(status);
        } else {
            het_status_print_table(status);
        }
    }
}

static gboolean print_status(HetCli *cli, GError **error)
{
    g_autoptr(GPtrArray) list = find_socs(cli, error);

    if (!list) {
        return FALSE;
    }
    if (het_cli_format(cli) == HET_FORMAT_JSON) {
        print_json(list, het_cli_arg(cli, 0) == NULL);
        return TRUE;
    }
    if (wants_metrics(cli)) {
        print_metrics(list);
        return TRUE;
    }
    print_tables(list, het_cli_flag(cli, "core"));
    return TRUE;
}

static gboolean run(HetCli *cli, GError **error)
{
    if (het_cli_flag(cli, "stubs") && het_cli_flag(cli, "core")) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "'status' takes '--stubs' or '--core', not both");
        return FALSE;
    }
    if (wants_metrics(cli) && (het_cli_flag(cli, "stubs") ||
                               het_cli_flag(cli, "core"))) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "'status --format prometheus' goes with neither "
                    "'--stubs' nor '--core'");
        return FALSE;
    }
    return het_cli_flag(cli, "stubs") ? print_stubs(cli, error)
                                      : print_status(cli, error);
}

static const HetCliOption options[] = {
    { "stubs", 0, HET_OPTION_FLAG, NULL,
      "what was accessed that is a stub, or nothing at all" },
    { "core", 0, HET_OPTION_FLAG, NULL,
      "what the cores do: PC, exception, fault, with symbols" },
    { "format", 'f', HET_OPTION_STRING, "table|json|prometheus",
      "how results are printed" },
    { 0 }
};

const HetCommand het_cmd_status = {
    .name = "status",
    .args = "[SOC]",
    .min_args = 0,
    .max_args = 1,
    .summary = "Show processors, core states, windows and links",
    .options = options,
    .run = run,
};
