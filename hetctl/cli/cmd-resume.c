/*
 * hetctl resume
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "run/power.h"

static gboolean run(HetCli *cli, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    virConnectPtr conn = het_cli_connect(cli, error);

    if (!conn || !het_resume(conn, soc, error)) {
        return FALSE;
    }
    het_cli_say(cli, "soc '%s' resumed", soc);
    return TRUE;
}

const HetCommand het_cmd_resume = {
    .name = "resume",
    .args = "SOC",
    .min_args = 1,
    .max_args = 1,
    .summary = "Resume the processors of a SoC that is suspended",
    .run = run,
};
