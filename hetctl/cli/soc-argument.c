/*
 * Commands that take a SoC XML file or a defined SoC, and print a text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/soc-argument.h"

#include <stdio.h>

#include "util/output.h"

void het_soc_argument_clear(HetSocArgument *source)
{
    if (source->defined) {
        het_defined_free(source->defined);
    } else if (source->soc) {
        het_soc_free(source->soc);
    }
}

gboolean het_soc_argument_open(HetSocArgument *source, HetCli *cli,
                               const char *arg, GError **error)
{
    virConnectPtr conn;

    if (het_cli_is_file(arg)) {
        source->soc = het_soc_parse_file(arg, error);
        return source->soc &&
               het_soc_validate(source->soc, HET_SOC_VALIDATE_NO_FILES,
                                error);
    }
    conn = het_cli_connect(cli, error);
    source->defined = conn ? het_defined_find_whole(conn, arg, error) : NULL;
    source->soc = source->defined ? source->defined->soc : NULL;
    return source->soc != NULL;
}

void het_soc_argument_print(HetCli *cli, const char *name, const char *text)
{
    g_autoptr(JsonBuilder) b = NULL;

    if (het_cli_format(cli) == HET_FORMAT_TABLE) {
        printf("%s%s", text, g_str_has_suffix(text, "\n") ? "" : "\n");
        return;
    }
    b = json_builder_new();
    json_builder_begin_object(b);
    het_json_add_string(b, "name", name);
    het_json_add_string(b, "text", text);
    json_builder_end_object(b);
    het_json_print(b);
}
