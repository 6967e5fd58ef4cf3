/*
 * hetctl clone
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <string.h>

#include "domain/conn.h"
#include "domain/defined.h"
#include "run/clone.h"
#include "util/error.h"

#define TIMEOUT_S 10

/* What has no '/' in it can be a SoC's name, and then is. */
static HetSaved *open_source(virConnectPtr conn, const char *source,
                             GError **error)
{
    g_autoptr(GError) none = NULL;
    g_autoptr(HetDefined) defined =
        strchr(source, '/') ? NULL : het_defined_find(conn, source, &none);

    if (defined) {
        return het_clone_source(conn, source, error);
    }
    if (none && !g_error_matches(none, HET_ERROR, HET_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&none));
        return NULL;
    }
    if (none && !g_file_test(source, G_FILE_TEST_EXISTS)) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "'%s' is neither a soc nor a file of 'hetctl save'",
                    source);
        return NULL;
    }
    return het_saved_open(source, error);
}

static gboolean get_count(HetCli *cli, guint *count, GError **error)
{
    *count = het_cli_number(cli, "count", 1);
    if (*count >= 1 && *count <= HET_CLONE_MAX) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                "--count: not a number from 1 to %d", HET_CLONE_MAX);
    return FALSE;
}

static void print(HetCli *cli, const HetCloneOptions *options)
{
    g_autofree char *first = het_clone_name(options, 1);
    g_autofree char *last = het_clone_name(options, options->count);

    if (het_cli_format(cli) == HET_FORMAT_JSON) {
        g_autoptr(JsonBuilder) b = json_builder_new();

        json_builder_begin_array(b);
        for (guint i = 1; i <= options->count; i++) {
            g_autofree char *name = het_clone_name(options, i);

            json_builder_add_string_value(b, name);
        }
        json_builder_end_array(b);
        het_json_print(b);
        return;
    }
    if (options->count == 1) {
        het_cli_say(cli, "soc '%s' cloned from '%s'", first,
                    het_cli_arg(cli, 0));
    } else {
        het_cli_say(cli, "%u socs cloned from '%s': '%s' to '%s'",
                    options->count, het_cli_arg(cli, 0), first, last);
    }
}

static gboolean run(HetCli *cli, GError **error)
{
    HetCloneOptions options = {
        .stay_suspended = het_cli_flag(cli, "paused"),
        .timeout_s = het_cli_timeout(cli, TIMEOUT_S),
    };
    g_autoptr(HetProgress) progress = NULL;
    g_autoptr(HetSaved) saved = NULL;
    virConnectPtr conn;

    if (!get_count(cli, &options.count, error)) {
        return FALSE;
    }
    conn = het_cli_connect(cli, error);
    if (!conn || !het_conn_require_local(conn, error)) {
        return FALSE;
    }
    saved = open_source(conn, het_cli_arg(cli, 0), error);
    if (!saved) {
        return FALSE;
    }
    options.prefix = het_cli_string(cli, "name") ?:
                     het_saved_get_info(saved)->soc;
    progress = het_progress_new(options.prefix, options.count + 1,
                                het_cli_quiet(cli));
    if (!het_clone(conn, saved, &options, progress, error)) {
        g_prefix_error(error, "'%s': ", het_cli_arg(cli, 0));
        return FALSE;
    }
    g_clear_pointer(&progress, het_progress_free);
    print(cli, &options);
    return TRUE;
}

static const HetCliOption options[] = {
    { "count", 'n', HET_OPTION_NUMBER, "N", "make so many (default: 1)" },
    { "name", 0, HET_OPTION_STRING, "PREFIX",
      "call them PREFIX-1 and so on (default: the name of what was saved)" },
    { "paused", 0, HET_OPTION_FLAG, NULL,
      "leave them suspended; 'hetctl resume' lets one go on" },
    { "timeout", 0, HET_OPTION_NUMBER, "SECONDS",
      "how long the links of each may take (default: 10)" },
    { 0 }
};

const HetCommand het_cmd_clone = {
    .name = "clone",
    .args = "FILE|SOC",
    .min_args = 1,
    .max_args = 1,
    .summary = "Make SoCs that go on from where one is, or was saved",
    .options = options,
    .run = run,
};
