/*
 * hetctl list
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"
#include "cli/hosts.h"

#include <stdio.h>

#include "domain/conn-place.h"
#include "domain/defined.h"
#include "host/autostart.h"
#include "util/error.h"
#include "util/output.h"
#include "util/text.h"

/* Of a host, where several are asked */
#define HOST_LIMIT_S 30

static void print_json(GPtrArray *list, gboolean is_system)
{
    g_autoptr(JsonBuilder) b = json_builder_new();

    json_builder_begin_array(b);
    for (guint i = 0; i < list->len; i++) {
        const HetDefined *defined = g_ptr_array_index(list, i);

        json_builder_begin_object(b);
        het_json_add_string(b, "name", defined->name);
        het_json_add_string(b, "state", het_run_state_name(
                                            het_defined_state(defined)));
        het_json_add_bool(b, "whole", het_defined_check_whole(defined, NULL));
        het_json_add_bool(b, "autostart", is_system &&
                          het_autostart_get(defined->name));
        json_builder_set_member_name(b, "processors");
        json_builder_begin_array(b);
        for (guint j = 0; j < defined->parts->len; j++) {
            const HetPart *part = g_ptr_array_index(defined->parts, j);

            json_builder_add_string_value(b, part->name);
        }
        json_builder_end_array(b);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
    het_json_print(b);
}

static void print_names(GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        const HetDefined *defined = g_ptr_array_index(list, i);

        het_print_line("%s", defined->name);
    }
}

static char *processor_list(const HetDefined *defined)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < defined->parts->len; i++) {
        const HetPart *part = g_ptr_array_index(defined->parts, i);

        g_string_append_printf(text, "%s%s", i ? ", " : "", part->name);
    }
    return g_string_free(text, FALSE);
}

static char *state_text(const HetDefined *defined)
{
    const char *state = het_run_state_name(het_defined_state(defined));

    return het_defined_check_whole(defined, NULL)
           ? g_strdup(state) : g_strdup_printf("%s, incomplete", state);
}

static void print_table(GPtrArray *list)
{
    g_autoptr(HetTable) table = het_table_new("NAME", "STATE", "PROCESSORS",
                                              NULL);

    for (guint i = 0; i < list->len; i++) {
        const HetDefined *defined = g_ptr_array_index(list, i);
        g_autofree char *processors = processor_list(defined);
        g_autofree char *state = state_text(defined);
        const char *cells[] = { defined->name, state, processors };

        het_table_add(table, cells);
    }
    het_table_print(table);
}

static void remove_inactive(GPtrArray *list)
{
    for (guint i = list->len; i-- > 0; ) {
        if (het_defined_state(g_ptr_array_index(list, i)) == HET_RUN_OFF) {
            g_ptr_array_remove_index(list, i);
        }
    }
}

/* ---- several hosts ---- */

/* Text of another host: it shall not write to the terminal as it likes. */
static void add_host_row(HetTable *table, const char *uri, JsonObject *soc)
{
    g_autoptr(GString) names = g_string_new(NULL);
    JsonArray *processors = json_object_get_array_member(soc, "processors");
    const char *name = json_object_get_string_member(soc, "name");
    const char *state = json_object_get_string_member(soc, "state");
    g_autofree char *shown_name = het_text_printable(name);
    g_autofree char *shown_state = het_text_printable(state);
    g_autofree char *shown_names = NULL;
    const char *cells[4] = { uri, shown_name, shown_state };

    for (guint i = 0; i < json_array_get_length(processors); i++) {
        g_string_append_printf(names, "%s%s", i ? ", " : "",
                               json_array_get_string_element(processors, i));
    }
    shown_names = het_text_printable(names->str);
    cells[3] = shown_names;
    het_table_add(table, cells);
}

static void print_hosts_table(GPtrArray *answers)
{
    g_autoptr(HetTable) table = het_table_new("HOST", "NAME", "STATE",
                                              "PROCESSORS", NULL);

    for (guint i = 0; i < answers->len; i++) {
        const HetHostAnswer *a = g_ptr_array_index(answers, i);
        JsonArray *list = a->answer ? json_node_get_array(a->answer) : NULL;

        for (guint j = 0; list && j < json_array_get_length(list); j++) {
            add_host_row(table, a->uri,
                         json_array_get_object_element(list, j));
        }
    }
    het_table_print(table);
}

/* A host that has not answered is an element as well. */
static void print_hosts_json(GPtrArray *answers)
{
    g_autoptr(JsonBuilder) b = json_builder_new();

    json_builder_begin_array(b);
    for (guint i = 0; i < answers->len; i++) {
        const HetHostAnswer *a = g_ptr_array_index(answers, i);
        JsonArray *list = a->answer ? json_node_get_array(a->answer) : NULL;

        for (guint j = 0; list && j < json_array_get_length(list); j++) {
            JsonNode *node = json_array_dup_element(list, j);

            json_object_set_string_member(json_node_get_object(node), "host",
                                          a->uri);
            json_builder_add_value(b, node);
        }
        if (!list) {
            json_builder_begin_object(b);
            het_json_add_string(b, "host", a->uri);
            het_json_add_string(b, "error", a->error);
            json_builder_end_object(b);
        }
    }
    json_builder_end_array(b);
    het_json_print(b);
}

/* The code is that of the first one that failed. */
static gboolean check_hosts(GPtrArray *answers, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    int code = 0;

    for (guint i = 0; i < answers->len; i++) {
        const HetHostAnswer *a = g_ptr_array_index(answers, i);

        if (a->error) {
            g_string_append_printf(text, "%s'%s': %s", code ? "; " : "",
                                   a->uri, a->error);
            code = code ?: a->code;
        }
    }
    if (code) {
        g_set_error_literal(error, HET_ERROR, code, text->str);
    }
    return !code;
}

static gboolean run_hosts(HetCli *cli, GError **error)
{
    const char *argv[] = { "list", het_cli_flag(cli, "all") ? "--all" : NULL,
                           NULL };
    g_autoptr(GPtrArray) answers =
        het_hosts_ask(het_cli_strings(cli, "connect"), argv, HOST_LIMIT_S);

    if (het_cli_format(cli) == HET_FORMAT_JSON) {
        print_hosts_json(answers);
    } else {
        print_hosts_table(answers);
    }
    return check_hosts(answers, error);
}

static gboolean run_one(HetCli *cli, GError **error)
{
    virConnectPtr conn = het_cli_connect(cli, error);
    g_autoptr(GPtrArray) list = conn ? het_defined_list(conn, error) : NULL;

    if (!list) {
        return FALSE;
    }
    if (!het_cli_flag(cli, "all")) {
        remove_inactive(list);
    }
    if (het_cli_format(cli) == HET_FORMAT_JSON) {
        print_json(list, het_conn_is_system(conn));
    } else if (het_cli_flag(cli, "name")) {
        print_names(list);
    } else {
        print_table(list);
    }
    return TRUE;
}

static gboolean run(HetCli *cli, GError **error)
{
    if (het_cli_has_several(cli)) {
        if (!het_cli_flag(cli, "name")) {
            return run_hosts(cli, error);
        }
        g_set_error_literal(error, HET_ERROR, HET_ERROR_USAGE,
                            "'list --name' takes one --connect: a name does "
                            "not say which host");
        return FALSE;
    }
    return run_one(cli, error);
}

static const HetCliOption options[] = {
    { "all", 'a', HET_OPTION_FLAG, NULL, "also SoCs that are shut off" },
    { "name", 0, HET_OPTION_FLAG, NULL, "names only" },
    { 0 }
};

const HetCommand het_cmd_list = {
    .name = "list",
    .args = "",
    .min_args = 0,
    .max_args = 0,
    .summary = "List the SoCs that run (--all: that are defined)",
    .options = options,
    .run = run,
    .place = HET_THERE_EACH,
};
