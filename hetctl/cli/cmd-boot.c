/*
 * hetctl boot
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "run/boot.h"

#define TIMEOUT_S 10

static gboolean run(HetCli *cli, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    const char *slave = het_cli_arg(cli, 1);
    const HetBootOptions options = {
        .firmware = het_cli_string(cli, "firmware"),
        .wait = het_cli_flag(cli, "wait"),
        .timeout_s = het_cli_timeout(cli, TIMEOUT_S),
    };
    virConnectPtr conn = het_cli_connect(cli, error);

    if (!conn || !het_boot(conn, soc, slave, &options, error)) {
        return FALSE;
    }
    het_cli_say(cli, "slave '%s' of soc '%s' booted", slave, soc);
    return TRUE;
}

static const HetCliOption options[] = {
    { "firmware", 0, HET_OPTION_FILE, "FILE",
      "load this file first, in place of the XML's <kernel>" },
    { "wait", 0, HET_OPTION_FLAG, NULL, "until the core runs" },
    { "timeout", 0, HET_OPTION_NUMBER, "SECONDS",
      "how long --wait waits (default: 10)" },
    { 0 }
};

const HetCommand het_cmd_boot = {
    .name = "boot",
    .args = "SOC SLAVE",
    .min_args = 2,
    .max_args = 2,
    .summary = "Release a slave's core from reset",
    .options = options,
    .run = run,
};
