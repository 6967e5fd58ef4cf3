/*
 * launch.json of VS Code
 *
 * A server for all processors has one debugger, in which they halt together.
 * VS Code's own way, a session for each processor, needs a server for each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/vscode.h"

#include "debug/gdb.h"
#include "util/output.h"

#define HOST "127.0.0.1"
#define FIRST_PORT 3333         /* for all; the processors' follow */
#define PROGRAM "/proc/self/exe"

static const HetGdbInferior *inferior_of(const HetVscode *v, guint number)
{
    return g_ptr_array_index(v->inferiors, number - 1);
}

/* @number 0: of all processors */
static char *address_of(guint number)
{
    return g_strdup_printf(HOST ":%u", FIRST_PORT + number);
}

static char *server_args(const HetVscode *v, guint number)
{
    g_autofree char *address = address_of(number);
    GString *text = g_string_new(NULL);

    if (v->uri) {
        g_string_append_printf(text, "--connect %s ", v->uri);
    }
    g_string_append_printf(text, "gdb %s", v->soc);
    if (number) {
        g_string_append_printf(text, " %s --no-cross-halt",
                               inferior_of(v, number)->name);
    } else {
        for (guint i = 1; i <= v->inferiors->len; i++) {
            g_string_append_printf(text, " %s", inferior_of(v, i)->name);
        }
    }
    g_string_append_printf(text, " --server=%s", address);
    return g_string_free(text, FALSE);
}

char *het_vscode_server(const HetVscode *v, guint number)
{
    g_autofree char *args = server_args(v, number);

    return g_strdup_printf("hetctl %s", args);
}

static char *name_of(const HetVscode *v, guint number, const char *behind)
{
    return g_strdup_printf("%s: %s%s", v->soc, number
                           ? inferior_of(v, number)->name : "all processors",
                           behind);
}

/* What is not known is asked for: the extensions want a file. */
static char *program_of(const HetVscode *v, guint number)
{
    const HetGdbInferior *inferior = inferior_of(v, number);

    return inferior->symbols
           ? g_strdup(inferior->symbols)
           : g_strdup_printf("${workspaceFolder}/%s.elf", inferior->name);
}

static void begin_array(JsonBuilder *b, const char *name)
{
    json_builder_set_member_name(b, name);
    json_builder_begin_array(b);
}

static void begin_configuration(const HetVscode *v, guint number,
                                const char *behind, JsonBuilder *b)
{
    g_autofree char *name = name_of(v, number, behind);

    json_builder_begin_object(b);
    het_json_add_string(b, "name", name);
    het_json_add_string(b, "cwd", "${workspaceFolder}");
}

/* ---- cppdbg: VS Code starts the server ---- */

static void begin_cppdbg(const HetVscode *v, guint number, JsonBuilder *b)
{
    g_autofree char *self = g_file_read_link(PROGRAM, NULL);
    g_autofree char *address = address_of(number);
    g_autofree char *args = server_args(v, number);
    g_autofree char *program = program_of(v, MAX(number, 1));

    begin_configuration(v, number, "", b);
    het_json_add_string(b, "type", "cppdbg");
    het_json_add_string(b, "request", "launch");
    het_json_add_string(b, "program", program);
    het_json_add_string(b, "MIMode", "gdb");
    het_json_add_string(b, "miDebuggerPath", v->debugger);
    het_json_add_string(b, "miDebuggerServerAddress", address);
    het_json_add_string(b, "debugServerPath", self);
    het_json_add_string(b, "debugServerArgs", args);
    het_json_add_string(b, "serverStarted", "target extended-remote");
    het_json_add_bool(b, "filterStdout", TRUE);
}

static void add_one(const HetVscode *v, guint number, JsonBuilder *b)
{
    begin_cppdbg(v, number, b);
    json_builder_end_object(b);
}

static void add_all(const HetVscode *v, JsonBuilder *b)
{
    g_autofree char *address = address_of(0);
    g_autofree char *script = het_gdb_script(v->inferiors, address);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(script), "\n", -1);

    begin_cppdbg(v, 0, b);
    begin_array(b, "customLaunchSetupCommands");
    for (guint i = 0; lines[i]; i++) {
        json_builder_begin_object(b);
        het_json_add_string(b, "text", lines[i]);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
    het_json_add_string(b, "launchCompleteCommand", "None");
    json_builder_end_object(b);
}

static void add_compound(const HetVscode *v, JsonBuilder *b)
{
    g_autofree char *title = g_strdup_printf("%s: each processor alone",
                                             v->soc);

    json_builder_begin_object(b);
    het_json_add_string(b, "name", title);
    begin_array(b, "configurations");
    for (guint i = 1; i <= v->inferiors->len; i++) {
        g_autofree char *name = name_of(v, i, "");

        json_builder_add_string_value(b, name);
    }
    json_builder_end_array(b);
    het_json_add_bool(b, "stopAll", TRUE);
    json_builder_end_object(b);
}

/* ---- cortex-debug: it only connects ---- */

#define CORTEX " (cortex-debug)"

/* Its own are "monitor halt" and "monitor reset halt". */
static void add_overrides(const HetVscode *v, guint number, JsonBuilder *b)
{
    const HetGdbInferior *inferior = inferior_of(v, number);
    g_autofree char *reset =
        inferior->is_master ? g_strdup("monitor reset")
                            : g_strdup_printf("monitor reset %s",
                                              inferior->name);

    begin_array(b, "overrideAttachCommands");
    json_builder_end_array(b);
    begin_array(b, "overrideResetCommands");
    json_builder_add_string_value(b, reset);
    json_builder_end_array(b);
}

/* The first starts the others. */
static void add_chain(const HetVscode *v, guint first, JsonBuilder *b)
{
    json_builder_set_member_name(b, "chainedConfigurations");
    json_builder_begin_object(b);
    het_json_add_bool(b, "enabled", TRUE);
    het_json_add_bool(b, "detached", TRUE);
    het_json_add_bool(b, "lifecycleManagedByParent", TRUE);
    het_json_add_string(b, "waitOnEvent", "postInit");
    begin_array(b, "launches");
    for (guint i = first + 1; i <= v->inferiors->len; i++) {
        g_autofree char *name = name_of(v, i, CORTEX);

        if (inferior_of(v, i)->is_arm) {
            json_builder_begin_object(b);
            het_json_add_string(b, "name", name);
            het_json_add_bool(b, "enabled", TRUE);
            json_builder_end_object(b);
        }
    }
    json_builder_end_array(b);
    json_builder_end_object(b);
}

static void add_cortex(const HetVscode *v, guint number, gboolean is_first,
                       JsonBuilder *b)
{
    g_autofree char *address = address_of(number);
    g_autofree char *program = program_of(v, number);

    begin_configuration(v, number, CORTEX, b);
    het_json_add_string(b, "type", "cortex-debug");
    het_json_add_string(b, "request", "attach");
    het_json_add_string(b, "servertype", "external");
    het_json_add_string(b, "gdbTarget", address);
    het_json_add_string(b, "gdbPath", v->debugger);
    het_json_add_string(b, "executable", program);
    add_overrides(v, number, b);
    if (is_first) {
        add_chain(v, number, b);
    }
    json_builder_end_object(b);
}

void het_vscode_add_json(const HetVscode *v, JsonBuilder *b)
{
    gboolean is_first = TRUE;

    json_builder_begin_object(b);
    het_json_add_string(b, "version", "0.2.0");
    begin_array(b, "configurations");
    add_all(v, b);
    for (guint i = 1; i <= v->inferiors->len; i++) {
        add_one(v, i, b);
    }
    for (guint i = 1; i <= v->inferiors->len; i++) {
        if (inferior_of(v, i)->is_arm) {
            add_cortex(v, i, is_first, b);
            is_first = FALSE;
        }
    }
    json_builder_end_array(b);
    begin_array(b, "compounds");
    add_compound(v, b);
    json_builder_end_array(b);
    json_builder_end_object(b);
}
