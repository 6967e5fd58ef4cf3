/*
 * hetctl undefine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "domain/define.h"

static gboolean run(HetCli *cli, GError **error)
{
    const char *name = het_cli_arg(cli, 0);
    virConnectPtr conn = het_cli_connect(cli, error);

    if (!conn || !het_undefine(conn, name, error)) {
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
