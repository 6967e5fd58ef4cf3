/*
 * hetctl reboot
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/commands.h"

#include "domain/loop.h"
#include "run/power.h"

#define TIMEOUT_S 60

gboolean het_cmd_reboot(HetCli *cli, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    virConnectPtr conn = het_loop_init(error) ? het_cli_connect(cli, error)
                                              : NULL;
    gboolean graceful;

    if (!conn ||
        !het_reboot(conn, soc, het_cli_number(cli, "timeout", TIMEOUT_S),
                    &graceful, error)) {
        return FALSE;
    }
    het_cli_say(cli, graceful ? "soc '%s' rebooted"
                              : "soc '%s' reset: its master cannot reboot "
                                "by itself, or did not", soc);
    return TRUE;
}
