/*
 * hetctl dumpxml
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"


#include "cli/soc-argument.h"
#include "domain/defined.h"

static gboolean run(HetCli *cli, GError **error)
{
    virConnectPtr conn = het_cli_connect(cli, error);
    const char *name = het_cli_arg(cli, 0);
    g_autoptr(HetDefined) defined = conn ? het_defined_find(conn, name, error)
                                         : NULL;
    g_autofree char *xml = NULL;

    if (!defined) {
        return FALSE;
    }
    if (!defined->soc) {
        g_propagate_error(error, g_steal_pointer(&defined->error));
        return FALSE;
    }
    xml = het_soc_format(defined->soc);
    het_soc_argument_print(cli, name, xml);
    return TRUE;
}

const HetCommand het_cmd_dumpxml = {
    .name = "dumpxml",
    .args = "SOC",
    .min_args = 1,
    .max_args = 1,
    .summary = "Print the SoC XML of a defined SoC",
    .run = run,
};
