/*
 * hetctl resume
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/commands.h"

#include "run/power.h"

gboolean het_cmd_resume(HetCli *cli, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    virConnectPtr conn = het_cli_connect(cli, error);

    if (!conn || !het_resume(conn, soc, error)) {
        return FALSE;
    }
    het_cli_say(cli, "soc '%s' resumed", soc);
    return TRUE;
}
