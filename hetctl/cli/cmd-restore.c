/*
 * hetctl restore
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "domain/conn.h"
#include "run/save.h"
#include "run/start.h"

#define TIMEOUT_S 10

static gboolean run(HetCli *cli, GError **error)
{
    const char *path = het_cli_arg(cli, 0);
    guint timeout_s = het_cli_timeout(cli, TIMEOUT_S);
    g_autoptr(HetSaved) saved = het_saved_open(path, error);
    const char *name = saved ? het_cli_string(cli, "name") ?:
                               het_saved_get_info(saved)->soc : NULL;
    virConnectPtr conn = saved ? het_cli_connect(cli, error) : NULL;
    const HetStartFrom from = {
        .saved = saved, .image = -1,
        .stay_suspended = het_cli_flag(cli, "paused"),
    };
    g_autoptr(HetProgress) progress = NULL;

    if (!conn || !het_conn_require_local(conn, error)) {
        return FALSE;
    }
    progress = het_progress_new(name, HET_START_STEPS, het_cli_quiet(cli));
    if (!het_restore(conn, &from, name, timeout_s, progress, error)) {
        g_prefix_error(error, "'%s': ", path);
        return FALSE;
    }
    g_clear_pointer(&progress, het_progress_free);
    het_cli_say(cli, "soc '%s' restored from '%s', of %s", name, path,
                het_saved_get_info(saved)->when);
    return TRUE;
}

static const HetCliOption options[] = {
    { "name", 0, HET_OPTION_STRING, "NAME",
      "call it so (default: as it was called when it was saved)" },
    { "paused", 0, HET_OPTION_FLAG, NULL,
      "leave it suspended; 'hetctl resume' lets it go on" },
    { "timeout", 0, HET_OPTION_NUMBER, "SECONDS",
      "how long the links may take (default: 10)" },
    { 0 }
};

const HetCommand het_cmd_restore = {
    .name = "restore",
    .args = "FILE",
    .min_args = 1,
    .max_args = 1,
    .summary = "Let a SoC go on from where 'save' has saved it",
    .options = options,
    .run = run,
};
