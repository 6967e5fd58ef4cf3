/*
 * hetctl overlay
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "cli/soc-argument.h"
#include "dt/overlay.h"
#include "util/out-file.h"

static gboolean run(HetCli *cli, GError **error)
{
    const char *output = het_cli_string(cli, "output");
    g_auto(HetSocArgument) source = { 0 };
    g_autoptr(GBytes) overlay = NULL;
    g_autofree char *text = NULL;
    const void *data;
    gsize size;

    if (!het_soc_argument_open(&source, cli, het_cli_arg(cli, 0), error)) {
        return FALSE;
    }
    overlay = het_overlay_build(source.soc, error);
    if (!overlay) {
        return FALSE;
    }
    if (output) {
        data = g_bytes_get_data(overlay, &size);
        return het_out_file_write(output, data, size, error);
    }
    text = het_overlay_dump(overlay, error);
    if (text) {
        het_soc_argument_print(cli, source.soc->name, text);
    }
    return text != NULL;
}

static const HetCliOption options[] = {
    { "output", 'o', HET_OPTION_OUTPUT, "FILE",
      "write the binary overlay there ('-': to standard output)" },
    { 0 }
};

const HetCommand het_cmd_overlay = {
    .name = "overlay",
    .args = "FILE|SOC",
    .min_args = 1,
    .max_args = 1,
    .summary = "Print the device tree overlay that the master gets",
    .options = options,
    .run = run,
    .place = HET_THERE_SOC,
};
