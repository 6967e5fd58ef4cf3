/*
 * hetctl validate
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "domain/dry-run.h"
#include "dt/board-tree.h"
#include "soc/soc.h"

static gboolean run(HetCli *cli, GError **error)
{
    const char *path = het_cli_arg(cli, 0);
    const HetProcessor *untried;
    g_autoptr(HetSoc) soc = het_soc_parse_file(path, error);

    if (!soc || !het_soc_validate(soc, 0, error) ||
        !het_board_tree_check(soc, error) || !het_dry_run(soc, 0, &untried, error)) {
        return FALSE;
    }
    het_cli_say(cli, "%s: soc '%s' is valid", path, soc->name);
    if (untried) {
        het_cli_say(cli, "Devices of processor '%s' have not been tried, "
                    "for want of %s", untried->name,
                    untried->emulator ? "an emulator of hetctl's own"
                                      : "an emulator");
    }
    return TRUE;
}

const HetCommand het_cmd_validate = {
    .name = "validate",
    .args = "FILE",
    .min_args = 1,
    .max_args = 1,
    .summary = "Check a SoC XML file",
    .run = run,
};
