/*
 * hetctl reset
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "run/boot.h"
#include "run/power.h"

static gboolean run(HetCli *cli, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    const char *slave = het_cli_arg(cli, 1);
    virConnectPtr conn = het_cli_connect(cli, error);

    if (!conn) {
        return FALSE;
    }
    if (slave) {
        if (!het_boot_reset(conn, soc, slave, error)) {
            return FALSE;
        }
        het_cli_say(cli, "slave '%s' of soc '%s' is in reset", slave, soc);
        return TRUE;
    }
    if (!het_reset(conn, soc, error)) {
        return FALSE;
    }
    het_cli_say(cli, "soc '%s' reset", soc);
    return TRUE;
}

const HetCommand het_cmd_reset = {
    .name = "reset",
    .args = "SOC [SLAVE]",
    .min_args = 1,
    .max_args = 2,
    .summary = "Reset a SoC, or put a slave's core into reset from any state",
    .run = run,
};
