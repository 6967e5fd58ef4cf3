/*
 * hetctl start
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "domain/conn.h"
#include "domain/conn-place.h"
#include "host/saved-file.h"
#include "run/save.h"
#include "run/slave-start.h"
#include "run/start.h"

#define TIMEOUT_S 10

static gboolean start_slave(HetCli *cli, virConnectPtr conn,
                            guint timeout_s, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    const char *slave = het_cli_arg(cli, 1);

    if (!het_start_slave(conn, soc, slave, timeout_s, error)) {
        return FALSE;
    }
    het_cli_say(cli, "slave '%s' of soc '%s' started", slave, soc);
    return TRUE;
}

/* From 'managedsave'; it stays until the SoC runs. */
static gboolean start_saved(virConnectPtr conn, const char *name,
                            const char *path, guint timeout_s,
                            HetProgress *progress, GError **error)
{
    g_autoptr(HetSaved) saved = het_saved_open(path, error);
    const HetStartFrom from = { .saved = saved, .image = -1 };

    if (!saved || !het_restore(conn, &from, name, timeout_s, progress,
                               error)) {
        g_prefix_error(error, "cannot go on from what 'managedsave' has "
                       "saved; 'hetctl start %s --force-boot' begins anew: ",
                       name);
        return FALSE;
    }
    return het_saved_remove(path, error);
}

static gboolean start_soc(HetCli *cli, virConnectPtr conn, const char *name,
                          guint timeout_s, HetProgress *progress,
                          GError **error)
{
    g_autofree char *path = het_managed_path(name, het_conn_is_system(conn));

    if (!het_saved_exists(path)) {
        return het_start(conn, name, timeout_s, progress, error);
    }
    if (!het_cli_flag(cli, "force-boot")) {
        return start_saved(conn, name, path, timeout_s, progress, error);
    }
    return het_start(conn, name, timeout_s, progress, error) &&
           het_saved_remove(path, error);
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *name = het_cli_arg(cli, 0);
    guint timeout_s = het_cli_timeout(cli, TIMEOUT_S);
    virConnectPtr conn = het_cli_connect(cli, error);
    g_autoptr(HetProgress) progress = NULL;

    if (!conn || !het_conn_require_local(conn, error)) {
        return FALSE;
    }
    if (het_cli_arg(cli, 1)) {
        return start_slave(cli, conn, timeout_s, error);
    }
    progress = het_progress_new(name, HET_START_STEPS, het_cli_quiet(cli));
    if (!start_soc(cli, conn, name, timeout_s, progress, error)) {
        return FALSE;
    }
    g_clear_pointer(&progress, het_progress_free);
    het_cli_say(cli, "soc '%s' started", name);
    return TRUE;
}

static const HetCliOption options[] = {
    { "force-boot", 0, HET_OPTION_FLAG, NULL,
      "begin anew, and forget what 'managedsave' has saved" },
    { "timeout", 0, HET_OPTION_NUMBER, "SECONDS",
      "how long the links may take (default: 10)" },
    { 0 }
};

const HetCommand het_cmd_start = {
    .name = "start",
    .args = "SOC [SLAVE]",
    .min_args = 1,
    .max_args = 2,
    .summary = "Start a SoC, all or nothing, or the process of one slave",
    .options = options,
    .run = run,
};
