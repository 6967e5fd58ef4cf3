/*
 * hetctl chip
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <stdio.h>

#include "blocks/blocks.h"
#include "util/error.h"
#include "util/read-beneath.h"

static char *read_file(const char *path, gsize *len, GError **error)
{
    g_autoptr(GError) failure = NULL;
    HetFileId id;
    char *data = NULL;

    if (!het_read_beneath("/", path, HET_BLOCKS_SIZE_MAX, &data, len, &id,
                          &failure)) {
        gboolean missing = g_error_matches(failure, G_FILE_ERROR,
                                           G_FILE_ERROR_NOENT);

        g_set_error(error, HET_ERROR,
                    missing ? HET_ERROR_NOT_FOUND : HET_ERROR_FAILED,
                    "cannot read '%s': %s", path, failure->message);
    }
    return data;
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *file = het_cli_arg(cli, 0);
    g_autofree char *path = g_canonicalize_filename(file, NULL);
    g_autofree char *base = g_path_get_basename(path);
    gsize len = 0;
    g_autofree char *data = read_file(path, &len, error);
    g_autoptr(HetBlocks) blocks =
        data ? het_blocks_parse(data, len, file, error) : NULL;
    const char *cpu = het_cli_string(cli, "processor");
    g_autofree char *text = NULL;

    if (!blocks) {
        return FALSE;
    }
    if (cpu) {
        g_free(blocks->cpu);
        blocks->cpu = g_strdup(cpu);
    }
    text = het_blocks_format(blocks, base);
    fputs(text, stdout);
    return TRUE;
}

static const HetCliOption options[] = {
    { "processor", 'p', HET_OPTION_STRING, "CPU",
      "QEMU's name of the core, for example cortex-m4 (default: the file's)" },
    { 0 }
};

const HetCommand het_cmd_chip = {
    .name = "chip",
    .args = "DTB|SVD",
    .min_args = 1,
    .max_args = 1,
    .summary = "Print a fragment with a stub for each register block of a chip",
    .options = options,
    .run = run,
    .place = HET_HERE,
};
