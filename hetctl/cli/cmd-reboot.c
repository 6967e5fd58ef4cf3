/*
 * hetctl reboot
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "domain/loop.h"
#include "run/power.h"

#define TIMEOUT_S 60

static gboolean run(HetCli *cli, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    virConnectPtr conn = het_loop_init(error) ? het_cli_connect(cli, error)
                                              : NULL;
    gboolean graceful;

    if (!conn ||
        !het_reboot(conn, soc, het_cli_timeout(cli, TIMEOUT_S),
                    &graceful, error)) {
        return FALSE;
    }
    het_cli_say(cli, graceful ? "soc '%s' rebooted"
                              : "soc '%s' reset: its master cannot reboot "
                                "by itself, or did not", soc);
    return TRUE;
}

static const HetCliOption options[] = {
    { "timeout", 0, HET_OPTION_NUMBER, "SECONDS",
      "how long the master may take until it is reset (default: 60)" },
    { 0 }
};

const HetCommand het_cmd_reboot = {
    .name = "reboot",
    .args = "SOC",
    .min_args = 1,
    .max_args = 1,
    .summary = "Reboot a SoC by its master's software, else by a reset",
    .options = options,
    .run = run,
};
