/*
 * hetctl undefine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "domain/conn-place.h"
#include "domain/define.h"
#include "domain/defined.h"
#include "domain/sent.h"
#include "host/autostart.h"
#include "host/saved-file.h"
#include "run/snapshot.h"
#include "util/error.h"

/* They would be found by another SoC of that name. */
static gboolean require_no_snapshots(HetCli *cli, virConnectPtr conn,
                                     const char *name, GError **error)
{
    g_autoptr(GPtrArray) names =
        het_snapshot_names(name, het_conn_is_system(conn));
    g_autoptr(HetDefined) defined = NULL;

    if (!names->len || het_cli_flag(cli, "snapshots")) {
        return TRUE;
    }
    defined = het_defined_find(conn, name, error);
    if (defined) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' has %u snapshot%s; --snapshots deletes what "
                    "there is of them", name, names->len,
                    names->len == 1 ? "" : "s");
    }
    return FALSE;
}

static gboolean remove_snapshots(virConnectPtr conn, const char *name,
                                 GError **error)
{
    g_autoptr(GPtrArray) names =
        het_snapshot_names(name, het_conn_is_system(conn));

    for (guint i = 0; i < names->len; i++) {
        if (!het_snapshot_delete(conn, name, g_ptr_array_index(names, i),
                                 error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *name = het_cli_arg(cli, 0);
    virConnectPtr conn = het_cli_connect(cli, error);
    g_autofree char *saved = NULL;

    if (!conn || !require_no_snapshots(cli, conn, name, error) ||
        !het_undefine(conn, name, error)) {
        return FALSE;
    }
    saved = het_managed_path(name, het_conn_is_system(conn));
    if (!het_saved_remove(saved, error) ||
        !remove_snapshots(conn, name, error)) {
        g_prefix_error(error, "soc '%s' is undefined, but what was saved of "
                       "it is left: ", name);
        return FALSE;
    }
    het_sent_remove_unused(conn);
    if (het_conn_is_system(conn) && het_autostart_get(name) &&
        !het_autostart_set(name, FALSE, error)) {
        g_prefix_error(error, "soc '%s' is undefined, but would start when "
                       "the host boots: ", name);
        return FALSE;
    }
    het_cli_say(cli, "soc '%s' undefined", name);
    return TRUE;
}

static const HetCliOption options[] = {
    { "snapshots", 0, HET_OPTION_FLAG, NULL, "delete its snapshots as well" },
    { 0 }
};

const HetCommand het_cmd_undefine = {
    .name = "undefine",
    .args = "SOC",
    .min_args = 1,
    .max_args = 1,
    .summary = "Undefine the domains of a SoC that is shut off",
    .options = options,
    .run = run,
};
