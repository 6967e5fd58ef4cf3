/*
 * hetctl vrings: the resource table of a slave, its vrings, the messages
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "cli/vrings-print.h"
#include "run/slave-vrings.h"
#include "util/error.h"

static gboolean parse_address(const char *text, guint64 *address,
                              GError **error)
{
    gboolean is_hex = g_str_has_prefix(text, "0x");

    if (g_ascii_string_to_unsigned(is_hex ? text + 2 : text, is_hex ? 16 : 10,
                                   0, G_MAXUINT64, address, NULL)) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                "option --table: '%s' is no address", text);
    return FALSE;
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *table = het_cli_string(cli, "table");
    HetVringsOptions options = {
        .firmware = het_cli_string(cli, "firmware"),
        .has_table = table != NULL,
    };
    g_autoptr(HetSlaveVrings) vrings = NULL;
    virConnectPtr conn;

    if (table && options.firmware) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "'vrings' takes '--table' or '--firmware', not both");
        return FALSE;
    }
    if (table && !parse_address(table, &options.table, error)) {
        return FALSE;
    }
    conn = het_cli_connect(cli, error);
    vrings = conn ? het_slave_vrings_read(conn, het_cli_arg(cli, 0),
                                          het_cli_arg(cli, 1), &options,
                                          error) : NULL;
    if (!vrings) {
        return FALSE;
    }
    if (het_cli_format(cli) == HET_FORMAT_JSON) {
        het_vrings_print_json(vrings);
    } else {
        het_vrings_print_table(vrings);
    }
    return TRUE;
}

static const HetCliOption options[] = {
    { "table", 0, HET_OPTION_STRING, "ADDRESS",
      "where the resource table is, as the slave sees it" },
    { "firmware", 0, HET_OPTION_FILE, "FILE",
      "the ELF file that the core runs: it says where the table is" },
    { 0 }
};

const HetCommand het_cmd_vrings = {
    .name = "vrings",
    .args = "SOC SLAVE",
    .min_args = 2,
    .max_args = 2,
    .summary = "Show the resource table, the vrings, and messages in flight",
    .options = options,
    .run = run,
};
