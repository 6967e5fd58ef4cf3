/*
 * A command line that another host's hetctl carries out
 *
 * What is given to it is made of what was parsed, so that neither the names of
 * files nor those of SoCs are ever taken for anything else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/there.h"

#include <string.h>

#include "cli/command-internal.h"
#include "cli/commands.h"
#include "remote/client.h"

gboolean het_cli_is_there(HetCli *cli)
{
    HetPlaceOfWork place = cli->command->place;

    return place != HET_HERE &&
           (place != HET_THERE_EACH || !het_cli_has_several(cli)) &&
           (place != HET_THERE_SOC || !het_cli_is_file(het_cli_arg(cli, 0))) &&
           het_ssh_uri_is(het_cli_string(cli, "connect"));
}

static gboolean is_file(const HetCliOption *option)
{
    return option->kind == HET_OPTION_FILE ||
           option->kind == HET_OPTION_OUTPUT ||
           option->kind == HET_OPTION_NAME_FILE;
}

/* The name of a file there, and what has to be done for it */
static char *file_value(HetRequest *request, const HetCliOption *option,
                        const char *value)
{
    const char *path = value;
    g_autofree char *name = NULL;

    if (option->kind == HET_OPTION_NAME_FILE) {
        path = strchr(value, '=') ? strchr(value, '=') + 1 : NULL;
    }
    if (!is_file(option) || !path || !*path ||
        (option->kind == HET_OPTION_OUTPUT && !strcmp(path, "-"))) {
        return g_strdup(value);
    }
    if (option->kind == HET_OPTION_OUTPUT) {
        het_request_add_output(request, path);
    } else {
        het_request_add_file(request, path);
    }
    name = het_request_name(request, path);
    return g_strdup_printf("%.*s%s", (int)(path - value), value, name);
}

static void add_option(HetRequest *request, const HetCliOption *option,
                       const char *value)
{
    g_autofree char *text = file_value(request, option, value);
    gboolean is_bare = option->kind == HET_OPTION_FLAG ||
                       (option->kind == HET_OPTION_OPTIONAL && !*value);
    g_autofree char *arg = g_strconcat("--", option->name, is_bare ? "" : "=",
                                       is_bare ? "" : text, NULL);

    het_request_add_arg(request, arg);
}

static void add_options(HetCli *cli, HetRequest *request,
                        const HetCliOption *options)
{
    for (const HetCliOption *o = options; o && o->name; o++) {
        const char *const *values = het_cli_strings(cli, o->name);
        const HetCliOption *used = het_command_option(
            cli->command, o->name, strlen(o->name), 0);

        if (used != o || !strcmp(o->name, "connect")) {
            continue;
        }
        for (; *values; values++) {
            add_option(request, o, *values);
        }
    }
}

/* What is wrong with the XML alone is told here. */
static gboolean add_soc(HetRequest *request, const char *path, GError **error)
{
    g_autoptr(HetSoc) soc = het_soc_parse_file(path, error);
    g_autofree char *name = NULL;

    if (!soc || !het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES, error)) {
        return FALSE;
    }
    het_request_add_soc(request, soc);
    name = het_request_name(request, path);
    het_request_add_arg(request, name);
    return TRUE;
}

static gboolean add_args(HetCli *cli, HetRequest *request, GError **error)
{
    gboolean are_files = cli->command->place == HET_THERE_SENDS ||
                         cli->command->place == HET_THERE_KEEPS;

    het_request_add_arg(request, "--");
    for (guint i = 0; het_cli_arg(cli, i); i++) {
        const char *arg = het_cli_arg(cli, i);

        if (!are_files) {
            het_request_add_arg(request, arg);
        } else if (!add_soc(request, arg, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean het_cli_run_there(HetCli *cli, int *code, GError **error)
{
    g_autoptr(HetSshUri) uri =
        het_ssh_uri_parse(het_cli_string(cli, "connect"), error);
    g_autoptr(HetRequest) request = uri ? het_request_new(error) : NULL;

    if (!request) {
        return FALSE;
    }
    request->uri = g_strdup(uri->there);
    request->keeps_files = cli->command->place == HET_THERE_KEEPS;
    request->reads_input = cli->command->place == HET_THERE_KEYS;
    het_request_add_arg(request, cli->command->name);
    add_options(cli, request, cli->command->options);
    add_options(cli, request, het_common_options);
    return add_args(cli, request, error) &&
           het_client_run(uri, request, code, error);
}
