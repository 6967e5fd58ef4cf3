/*
 * hetctl status
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "commands.h"

#include <stdio.h>

#include "output.h"
#include "status.h"

static GPtrArray *find_socs(HetCli *cli, GError **error)
{
    virConnectPtr conn = het_cli_connect(cli, error);
    const char *name = het_cli_arg(cli, 0);
    HetDefined *defined;
    GPtrArray *list;

    if (!conn) {
        return NULL;
    }
    if (!name) {
        return het_defined_list(conn, error);
    }
    defined = het_defined_find(conn, name, error);
    if (!defined) {
        return NULL;
    }
    list = g_ptr_array_new_with_free_func((GDestroyNotify)het_defined_free);
    g_ptr_array_add(list, defined);
    return list;
}

static void print_json(GPtrArray *list, gboolean is_array)
{
    g_autoptr(JsonBuilder) b = json_builder_new();

    if (is_array) {
        json_builder_begin_array(b);
    }
    for (guint i = 0; i < list->len; i++) {
        g_autoptr(HetStatus) status =
            het_status_gather(g_ptr_array_index(list, i));

        het_status_add_json(status, b);
    }
    if (is_array) {
        json_builder_end_array(b);
    }
    het_json_print(b);
}

gboolean het_cmd_status(HetCli *cli, GError **error)
{
    g_autoptr(GPtrArray) list = find_socs(cli, error);

    if (!list) {
        return FALSE;
    }
    if (het_cli_format(cli) == HET_FORMAT_JSON) {
        print_json(list, het_cli_arg(cli, 0) == NULL);
        return TRUE;
    }
    for (guint i = 0; i < list->len; i++) {
        g_autoptr(HetStatus) status =
            het_status_gather(g_ptr_array_index(list, i));

        fputs(i ? "\n" : "", stdout);
        het_status_print_table(status);
    }
    return TRUE;
}
