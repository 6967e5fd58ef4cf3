/*
 * hetctl define
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "domain/define.h"
#include "domain/sent.h"
#include "soc/soc.h"

static gboolean run(HetCli *cli, GError **error)
{
    g_autoptr(HetSoc) soc = het_soc_parse_file(het_cli_arg(cli, 0), error);
    virConnectPtr conn;

    if (!soc || !het_soc_validate(soc, 0, error)) {
        return FALSE;
    }
    conn = het_cli_connect(cli, error);
    if (!conn || !het_define(conn, soc, het_cli_string(cli, "run-as"),
                             error)) {
        return FALSE;
    }
    het_sent_remove_unused(conn);
    het_cli_say(cli, "soc '%s' defined", soc->name);
    return TRUE;
}

static const HetCliOption options[] = {
    { "run-as", 0, HET_OPTION_STRING, "UID:GID",
      "user of the emulators (root only; default: libvirt's)" },
    { 0 }
};

const HetCommand het_cmd_define = {
    .name = "define",
    .args = "FILE",
    .min_args = 1,
    .max_args = 1,
    .summary = "Define a SoC: check its XML, define a domain per processor",
    .options = options,
    .run = run,
    .place = HET_THERE_KEEPS,
};
