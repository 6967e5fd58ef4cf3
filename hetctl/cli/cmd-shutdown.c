/*
 * hetctl shutdown
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "run/boot.h"
#include "run/stop.h"

#define TIMEOUT_S 60

static gboolean run(HetCli *cli, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    const char *slave = het_cli_arg(cli, 1);
    virConnectPtr conn = het_cli_connect(cli, error);

    if (!conn) {
        return FALSE;
    }
    if (slave) {
        if (!het_boot_shutdown(conn, soc, slave, error)) {
            return FALSE;
        }
        het_cli_say(cli, "slave '%s' of soc '%s' is in reset", slave, soc);
        return TRUE;
    }
    if (!het_shutdown(conn, soc, het_cli_timeout(cli, TIMEOUT_S),
                      error)) {
        return FALSE;
    }
    het_cli_say(cli, "soc '%s' shut down", soc);
    return TRUE;
}

static const HetCliOption options[] = {
    { "timeout", 0, HET_OPTION_NUMBER, "SECONDS",
      "how long the master may take (default: 60)" },
    { 0 }
};

const HetCommand het_cmd_shutdown = {
    .name = "shutdown",
    .args = "SOC [SLAVE]",
    .min_args = 1,
    .max_args = 2,
    .summary = "Shut a SoC down, or put a slave's core back into reset",
    .options = options,
    .run = run,
};
