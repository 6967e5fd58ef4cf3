/*
 * hetctl destroy
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <stdio.h>

#include "run/stop.h"
#include "util/worker.h"

static gboolean run(HetCli *cli, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    const char *slave = het_cli_arg(cli, 1);
    g_autofree char *ended = NULL;
    virConnectPtr conn;
    gboolean ok;

    het_worker_do_without();
    conn = het_cli_connect(cli, error);
    ok = conn && het_destroy(conn, soc, slave, &ended, error);
    if (ended && !het_cli_quiet(cli)) {
        fprintf(stderr, "note: %s\n", ended);
    }
    if (!ok) {
        return FALSE;
    }
    if (slave) {
        het_cli_say(cli, "slave '%s' of soc '%s' destroyed", slave, soc);
    } else {
        het_cli_say(cli, "soc '%s' destroyed", soc);
    }
    return TRUE;
}

const HetCommand het_cmd_destroy = {
    .name = "destroy",
    .args = "SOC [SLAVE]",
    .min_args = 1,
    .max_args = 2,
    .summary = "End a SoC, or the process of a slave, at once; clean up",
    .run = run,
};
