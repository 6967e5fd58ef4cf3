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
#include "util/error.h"
#include "util/output.h"

static gboolean check(HetCli *cli, const char *path, GError **error)
{
    const HetProcessor *untried;
    g_autoptr(HetSoc) soc = het_soc_parse_file(path, error);

    if (!soc || !het_soc_validate(soc, 0, error) ||
        !het_board_tree_check(soc, error) ||
        !het_dry_run(soc, 0, &untried, error)) {
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

/* The code is that of the first that is not valid. */
static gboolean check_all(HetCli *cli, GError **error)
{
    const char *path;
    guint bad = 0, n;
    int code = 0;

    for (n = 0; (path = het_cli_arg(cli, n)); n++) {
        g_autoptr(GError) why = NULL;

        if (!check(cli, path, &why)) {
            het_print_line("%s: %s", path, why->message);
            code = bad++ ? code : why->code;
        }
    }
    if (bad) {
        g_set_error(error, HET_ERROR, code, "%u of %u files %s not valid",
                    bad, n, bad == 1 ? "is" : "are");
    }
    return !bad;
}

static gboolean run(HetCli *cli, GError **error)
{
    return het_cli_arg(cli, 1) ? check_all(cli, error)
                               : check(cli, het_cli_arg(cli, 0), error);
}

const HetCommand het_cmd_validate = {
    .name = "validate",
    .args = "FILE...",
    .min_args = 1,
    .max_args = G_MAXINT,
    .summary = "Check SoC XML files",
    .run = run,
    .place = HET_THERE_SENDS,
};
