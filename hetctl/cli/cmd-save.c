/*
 * hetctl save
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "domain/conn.h"
#include "run/save.h"
#include "util/error.h"

static gboolean get_compression(HetCli *cli, HetSavedCompression *compression,
                                GError **error)
{
    const char *name = het_cli_string(cli, "compress");

    if (!name) {
        *compression = HET_SAVED_PLAIN;
    } else if (g_str_equal(name, "zstd")) {
        *compression = HET_SAVED_ZSTD;
    } else {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "--compress: '%s' is not zstd", name);
        return FALSE;
    }
    return TRUE;
}

static void print(HetCli *cli, const HetSaveOptions *options,
                  const HetSaveResult *result)
{
    if (het_cli_format(cli) == HET_FORMAT_JSON) {
        g_autoptr(JsonBuilder) b = json_builder_new();

        json_builder_begin_object(b);
        het_json_add_uint(b, "size", result->size);
        het_json_add_uint(b, "skew-ns", result->skew_ns);
        het_json_add_uint(b, "stopped-us", result->stopped_us);
        json_builder_end_object(b);
        het_json_print(b);
        return;
    }
    het_cli_say(cli, "soc '%s' saved to '%s': %.1f MiB, skew %.0f us%s",
                het_cli_arg(cli, 0), het_cli_arg(cli, 1),
                result->size / (double)(1 << 20), result->skew_ns / 1000.0,
                options->live ? "" : "; it is off now");
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *name = het_cli_arg(cli, 0);
    HetSaveOptions options = { .live = het_cli_flag(cli, "live") };
    HetSaveResult result;
    g_autoptr(HetProgress) progress = NULL;
    virConnectPtr conn;

    if (!get_compression(cli, &options.compression, error)) {
        return FALSE;
    }
    conn = het_cli_connect(cli, error);
    if (!conn || !het_conn_require_local(conn, error)) {
        return FALSE;
    }
    progress = het_progress_new(name, HET_SAVE_STEPS, het_cli_quiet(cli));
    if (!het_save(conn, name, het_cli_arg(cli, 1), &options, &result,
                  progress, error)) {
        return FALSE;
    }
    g_clear_pointer(&progress, het_progress_free);
    print(cli, &options, &result);
    return TRUE;
}

static const HetCliOption options[] = {
    { "live", 0, HET_OPTION_FLAG, NULL,
      "let it run on afterwards (default: it is off)" },
    { "compress", 0, HET_OPTION_STRING, "zstd",
      "make the file smaller, which takes longer" },
    { 0 }
};

const HetCommand het_cmd_save = {
    .name = "save",
    .args = "SOC FILE",
    .min_args = 2,
    .max_args = 2,
    .summary = "Save a SoC that runs, memory and all processors, to a file",
    .options = options,
    .run = run,
};
