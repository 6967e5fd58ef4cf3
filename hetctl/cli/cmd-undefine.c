/*
 * hetctl undefine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "domain/conn-place.h"
#include "domain/define.h"
#include "domain/sent.h"
#include "host/autostart.h"
#include "host/managed-file.h"

static gboolean run(HetCli *cli, GError **error)
{
    const char *name = het_cli_arg(cli, 0);
    virConnectPtr conn = het_cli_connect(cli, error);
    g_autofree char *saved = NULL;

    if (!conn || !het_undefine(conn, name, error)) {
        return FALSE;
    }
    saved = het_managed_path(name, het_conn_is_system(conn));
    if (!het_managed_remove(saved, error)) {
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

const HetCommand het_cmd_undefine = {
    .name = "undefine",
    .args = "SOC",
    .min_args = 1,
    .max_args = 1,
    .summary = "Undefine the domains of a SoC that is shut off",
    .run = run,
};
