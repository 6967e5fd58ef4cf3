/*
 * hetctl overlay
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "cli/soc-argument.h"
#include "dt/overlay.h"
#include "util/error.h"

static gboolean write_blob(GBytes *blob, const char *path, GError **error)
{
    gsize size;
    const char *data = g_bytes_get_data(blob, &size);
    g_autoptr(GError) failure = NULL;

    if (!strcmp(path, "-")) {
        /* A failure is seen when all output is flushed. */
        fwrite(data, 1, size, stdout);
        return TRUE;
    }
    if (!g_file_set_contents(path, data, size, &failure)) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot write the overlay: %s", failure->message);
        return FALSE;
    }
    return TRUE;
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *output = het_cli_string(cli, "output");
    g_auto(HetSocArgument) source = { 0 };
    g_autoptr(GBytes) overlay = NULL;
    g_autofree char *text = NULL;

    if (!het_soc_argument_open(&source, cli, het_cli_arg(cli, 0), error)) {
        return FALSE;
    }
    overlay = het_overlay_build(source.soc, error);
    if (!overlay) {
        return FALSE;
    }
    if (output) {
        return write_blob(overlay, output, error);
    }
    text = het_overlay_dump(overlay, error);
    if (text) {
        het_soc_argument_print(cli, source.soc->name, text);
    }
    return text != NULL;
}

static const HetCliOption options[] = {
    { "output", 'o', HET_OPTION_STRING, "FILE",
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
};
