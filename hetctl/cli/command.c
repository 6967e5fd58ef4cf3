/*
 * What the user asked a subcommand for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command-internal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "domain/call.h"
#include "domain/conn.h"
#include "util/output.h"

const char *het_cli_arg(HetCli *cli, guint index)
{
    return index < cli->args->len ? g_ptr_array_index(cli->args, index)
                                  : NULL;
}

const char *het_cli_string(HetCli *cli, const char *option)
{
    return g_hash_table_lookup(cli->options, option);
}

const char *const *het_cli_strings(HetCli *cli, const char *option)
{
    static const char *const none[] = { NULL };
    GPtrArray *list = g_hash_table_lookup(cli->lists, option);

    return list ? (const char *const *)list->pdata : none;
}

gboolean het_cli_flag(HetCli *cli, const char *option)
{
    return g_hash_table_contains(cli->options, option);
}

guint het_cli_number(HetCli *cli, const char *option, guint otherwise)
{
    const char *value = het_cli_string(cli, option);

    return value ? strtoul(value, NULL, 10) : otherwise;
}

guint het_cli_timeout(HetCli *cli, guint otherwise)
{
    guint seconds = het_cli_number(cli, "timeout", otherwise);

    if (het_cli_flag(cli, "timeout")) {
        het_call_set_limit(seconds * 1000);
    }
    return seconds;
}

HetFormat het_cli_format(HetCli *cli)
{
    return g_strcmp0(het_cli_string(cli, "format"), "json")
           ? HET_FORMAT_TABLE : HET_FORMAT_JSON;
}

gboolean het_cli_quiet(HetCli *cli)
{
    return het_cli_flag(cli, "quiet");
}

void het_cli_say(HetCli *cli, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    if (het_cli_quiet(cli) || het_cli_format(cli) == HET_FORMAT_JSON ||
        !isatty(STDOUT_FILENO)) {
        return;
    }
    va_start(ap, format);
    text = g_strdup_vprintf(format, ap);
    va_end(ap);
    het_print_line("%s", text);
}

gboolean het_cli_has_several(HetCli *cli)
{
    const char *const *uris = het_cli_strings(cli, "connect");

    return uris[0] && uris[1];
}

gboolean het_cli_is_file(const char *arg)
{
    return strchr(arg, '/') || g_str_has_suffix(arg, ".xml") ||
           g_file_test(arg, G_FILE_TEST_IS_REGULAR);
}

virConnectPtr het_cli_connect(HetCli *cli, GError **error)
{
    if (!cli->conn) {
        cli->conn = het_conn_open(het_cli_string(cli, "connect"), error);
    }
    return cli->conn;
}
