/*
 * hetctl undefine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/commands.h"

#include "domain/define.h"

gboolean het_cmd_undefine(HetCli *cli, GError **error)
{
    const char *name = het_cli_arg(cli, 0);
    virConnectPtr conn = het_cli_connect(cli, error);

    if (!conn || !het_undefine(conn, name, error)) {
        return FALSE;
    }
    het_cli_say(cli, "soc '%s' undefined", name);
    return TRUE;
}
