/*
 * hetctl managedsave
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "domain/conn.h"
#include "domain/conn-place.h"
#include "domain/defined.h"
#include "host/saved-file.h"
#include "run/save.h"
#include "util/error.h"

static gboolean remove_file(HetCli *cli, virConnectPtr conn,
                            const char *name, const char *path,
                            GError **error)
{
    g_autoptr(HetDefined) defined = het_defined_find(conn, name, error);

    if (!defined) {
        return FALSE;
    }
    if (!het_saved_exists(path)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' has nothing saved", name);
        return FALSE;
    }
    if (!het_saved_remove(path, error)) {
        return FALSE;
    }
    het_cli_say(cli, "what was saved of soc '%s' is removed", name);
    return TRUE;
}

static gboolean save(HetCli *cli, virConnectPtr conn, const char *name,
                     const char *path, GError **error)
{
    const HetSaveOptions options = { .compression = HET_SAVED_PLAIN };
    HetSaveResult result;
    g_autoptr(HetProgress) progress = NULL;

    if (!het_saved_make_folder(path, error)) {
        return FALSE;
    }
    progress = het_progress_new(name, HET_SAVE_STEPS, het_cli_quiet(cli));
    if (!het_save(conn, name, path, &options, &result, progress, error)) {
        return FALSE;
    }
    g_clear_pointer(&progress, het_progress_free);
    het_cli_say(cli, "soc '%s' saved, and off; 'hetctl start' lets it go on",
                name);
    return TRUE;
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *name = het_cli_arg(cli, 0);
    virConnectPtr conn = het_cli_connect(cli, error);
    g_autofree char *path = NULL;

    if (!conn || !het_conn_require_local(conn, error)) {
        return FALSE;
    }
    path = het_managed_path(name, het_conn_is_system(conn));
    return het_cli_flag(cli, "remove")
           ? remove_file(cli, conn, name, path, error)
           : save(cli, conn, name, path, error);
}

static const HetCliOption options[] = {
    { "remove", 0, HET_OPTION_FLAG, NULL,
      "forget what was saved: the next start begins anew" },
    { 0 }
};

const HetCommand het_cmd_managedsave = {
    .name = "managedsave",
    .args = "SOC",
    .min_args = 1,
    .max_args = 1,
    .summary = "Save a SoC that runs; its next start goes on from there",
    .options = options,
    .run = run,
};
