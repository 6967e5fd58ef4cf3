/*
 * hetctl cycle
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "domain/conn.h"
#include "run/cycle.h"
#include "util/error.h"

#define COUNT 100
#define TIMEOUT_MS 1000

static gboolean get_options(HetCli *cli, HetCycleOptions *options,
                            GError **error)
{
    gboolean until_fail = het_cli_flag(cli, "until-fail");
    gboolean has_count = het_cli_flag(cli, "count");

    options->firmwares = het_cli_strings(cli, "firmware");
    options->answers = het_cli_strings(cli, "answer");
    options->until_fail = until_fail;
    options->count = het_cli_number(cli, "count", until_fail ? 0 : COUNT);
    options->timeout_ms = het_cli_number(cli, "timeout", TIMEOUT_MS);
    if (has_count && !options->count) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "option --count: no cycle is nothing to do");
        return FALSE;
    }
    return TRUE;
}

static void print(HetCli *cli, HetCycleResult *result)
{
    if (het_cli_format(cli) == HET_FORMAT_JSON) {
        het_cycle_print_json(result);
    } else {
        het_cycle_print_table(result);
    }
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    const char *slave = het_cli_arg(cli, 1);
    g_autoptr(HetCycleResult) result = het_cycle_result_new();
    g_autoptr(HetProgressBar) bar = NULL;
    HetCycleOptions options;
    virConnectPtr conn;
    gboolean ok;

    if (!get_options(cli, &options, error)) {
        return FALSE;
    }
    conn = het_cli_connect(cli, error);
    if (!conn || !het_conn_require_local(conn, error)) {
        return FALSE;
    }
    bar = het_progress_bar_new(slave, options.count, het_cli_quiet(cli));
    ok = het_cycle(conn, soc, slave, &options, bar, result, error);
    g_clear_pointer(&bar, het_progress_bar_free);
    if (result->ok || result->failed) {
        print(cli, result);
    }
    if (ok && result->failed) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "soc '%s': slave '%s': %u of %u cycles failed; %s", soc,
                    slave, result->failed, result->ok + result->failed,
                    result->first);
        return FALSE;
    }
    return ok;
}

static const HetCliOption options[] = {
    { "count", 'n', HET_OPTION_NUMBER, "N",
      "how many cycles (default: 100; with --until-fail: no end)" },
    { "firmware", 0, HET_OPTION_FILE, "FILE",
      "load this ELF file before each boot; several take turns" },
    { "answer", 0, HET_OPTION_STRING, "ADDRESS=VALUE",
      "a word that the firmware sets; one for each --firmware" },
    { "until-fail", 0, HET_OPTION_FLAG, NULL,
      "end with the first cycle that fails" },
    { "timeout", 0, HET_OPTION_NUMBER, "MILLISECONDS",
      "how long a boot may take (default: 1000)" },
    { 0 }
};

const HetCommand het_cmd_cycle = {
    .name = "cycle",
    .args = "SOC SLAVE",
    .min_args = 2,
    .max_args = 2,
    .summary = "Boot a slave and shut it down, many times",
    .options = options,
    .run = run,
};
