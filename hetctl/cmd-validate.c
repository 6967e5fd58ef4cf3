/*
 * hetctl validate
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "commands.h"

#include "soc.h"

gboolean het_cmd_validate(HetCli *cli, GError **error)
{
    const char *path = het_cli_arg(cli, 0);
    g_autoptr(HetSoc) soc = het_soc_parse_file(path, error);

    if (!soc || !het_soc_validate(soc, 0, error)) {
        return FALSE;
    }
    het_cli_say(cli, "%s: soc '%s' is valid", path, soc->name);
    return TRUE;
}
