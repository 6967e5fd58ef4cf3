/*
 * hetctl snapshot
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <string.h>

#include "domain/conn.h"
#include "run/save.h"
#include "run/snapshot.h"
#include "util/error.h"

#define TIMEOUT_S 10

/* As virsh names them: seconds since 1970 */
static char *name_by_time(void)
{
    return g_strdup_printf("%" G_GINT64_FORMAT,
                           g_get_real_time() / G_USEC_PER_SEC);
}

static gboolean create(HetCli *cli, virConnectPtr conn, const char *soc,
                       const char *name, GError **error)
{
    g_autofree char *made = name ? g_strdup(name) : name_by_time();
    g_autoptr(HetProgress) progress =
        het_progress_new(soc, HET_SAVE_STEPS, het_cli_quiet(cli));

    if (!het_snapshot_create(conn, soc, made, progress, error)) {
        return FALSE;
    }
    g_clear_pointer(&progress, het_progress_free);
    het_cli_say(cli, "soc '%s': snapshot '%s' created", soc, made);
    return TRUE;
}

static void print_json(GPtrArray *list)
{
    g_autoptr(JsonBuilder) b = json_builder_new();

    json_builder_begin_array(b);
    for (guint i = 0; i < list->len; i++) {
        const HetSnapshot *s = g_ptr_array_index(list, i);

        json_builder_begin_object(b);
        het_json_add_string(b, "name", s->name);
        het_json_add_string(b, "when", s->when);
        het_json_add_uint(b, "memory", s->memory);
        het_json_add_string(b, "state", s->error ? NULL
                            : s->was_suspended ? "suspended" : "running");
        het_json_add_string(b, "error", s->error);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
    het_json_print(b);
}

static void print_table(GPtrArray *list)
{
    g_autoptr(HetTable) table = het_table_new("NAME", "CREATED", "STATE",
                                              "MEMORY", "NOTE", NULL);

    for (guint i = 0; i < list->len; i++) {
        const HetSnapshot *s = g_ptr_array_index(list, i);
        g_autofree char *memory =
            g_strdup_printf("%.1f MiB", s->memory / (double)(1 << 20));
        const char *cells[] = {
            s->name, s->when,
            s->error ? NULL : s->was_suspended ? "suspended" : "running",
            s->error ? NULL : memory, s->error,
        };

        het_table_add(table, cells);
    }
    het_table_print(table);
}

static gboolean list(HetCli *cli, virConnectPtr conn, const char *soc,
                     GError **error)
{
    g_autoptr(GPtrArray) found = het_snapshot_list(conn, soc, error);

    if (!found) {
        return FALSE;
    }
    if (het_cli_format(cli) == HET_FORMAT_JSON) {
        print_json(found);
    } else {
        print_table(found);
    }
    return TRUE;
}

static gboolean revert(HetCli *cli, virConnectPtr conn, const char *soc,
                       const char *name, GError **error)
{
    guint timeout_s = het_cli_timeout(cli, TIMEOUT_S);
    g_autoptr(HetProgress) progress =
        het_progress_new(soc, HET_START_STEPS, het_cli_quiet(cli));

    if (!het_snapshot_revert(conn, soc, name, het_cli_flag(cli, "paused"),
                             timeout_s, progress, error)) {
        return FALSE;
    }
    g_clear_pointer(&progress, het_progress_free);
    het_cli_say(cli, "soc '%s' is where it was at snapshot '%s'", soc, name);
    return TRUE;
}

static gboolean delete(HetCli *cli, virConnectPtr conn, const char *soc,
                       const char *name, GError **error)
{
    if (!het_snapshot_delete(conn, soc, name, error)) {
        return FALSE;
    }
    het_cli_say(cli, "soc '%s': snapshot '%s' deleted", soc, name);
    return TRUE;
}

static gboolean require_name(const char *action, const char *name,
                             gboolean wanted, GError **error)
{
    if ((name != NULL) == wanted) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                wanted ? "snapshot %s: need the name of a snapshot as well"
                       : "snapshot %s: takes no name", action);
    return FALSE;
}

static gboolean act(HetCli *cli, virConnectPtr conn, const char *action,
                    GError **error)
{
    const char *soc = het_cli_arg(cli, 1);
    const char *name = het_cli_arg(cli, 2);

    if (g_str_equal(action, "create")) {
        return create(cli, conn, soc, name, error);
    }
    if (g_str_equal(action, "list")) {
        return list(cli, conn, soc, error);
    }
    return g_str_equal(action, "revert")
           ? revert(cli, conn, soc, name, error)
           : delete(cli, conn, soc, name, error);
}

static gboolean run(HetCli *cli, GError **error)
{
    static const char *const actions[] = {
        "create", "list", "revert", "delete", NULL
    };
    const char *action = het_cli_arg(cli, 0);
    const char *name = het_cli_arg(cli, 2);
    virConnectPtr conn;

    if (!g_strv_contains(actions, action)) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "snapshot: '%s' is none of create, list, revert, delete",
                    action);
        return FALSE;
    }
    if (strcmp(action, "create") &&
        !require_name(action, name, strcmp(action, "list") != 0, error)) {
        return FALSE;
    }
    conn = het_cli_connect(cli, error);
    return conn && het_conn_require_local(conn, error) &&
           act(cli, conn, action, error);
}

static const HetCliOption options[] = {
    { "paused", 0, HET_OPTION_FLAG, NULL,
      "revert: leave it suspended; 'hetctl resume' lets it go on" },
    { "timeout", 0, HET_OPTION_NUMBER, "SECONDS",
      "revert: how long the links may take (default: 10)" },
    { 0 }
};

const HetCommand het_cmd_snapshot = {
    .name = "snapshot",
    .args = "create|list|revert|delete SOC [NAME]",
    .min_args = 2,
    .max_args = 3,
    .summary = "Keep points of a SoC that runs, and bring it back to one",
    .options = options,
    .run = run,
};
