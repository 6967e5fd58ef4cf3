/*
 * hetctl boot
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/commands.h"

#include "run/boot.h"

#define TIMEOUT_S 10

gboolean het_cmd_boot(HetCli *cli, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    const char *slave = het_cli_arg(cli, 1);
    const HetBootOptions options = {
        .firmware = het_cli_string(cli, "firmware"),
        .wait = het_cli_flag(cli, "wait"),
        .timeout_s = het_cli_number(cli, "timeout", TIMEOUT_S),
    };
    virConnectPtr conn = het_cli_connect(cli, error);

    if (!conn || !het_boot(conn, soc, slave, &options, error)) {
        return FALSE;
    }
    het_cli_say(cli, "slave '%s' of soc '%s' booted", slave, soc);
    return TRUE;
}
