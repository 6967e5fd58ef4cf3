/*
 * Starting GDB, connected
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/gdb.h"

#include <signal.h>

#include "util/error.h"

#define PROGRAM "gdb-multiarch"

void het_gdb_inferior_free(HetGdbInferior *inferior)
{
    g_free(inferior->name);
    g_free(inferior->symbols);
    g_free(inferior);
}

char **het_gdb_find(const char *chosen, GError **error)
{
    const char *text = chosen ?: g_getenv("GDB");
    g_autoptr(GError) cause = NULL;
    g_autofree char *path = NULL;
    char **words;

    if (!text || !*text) {
        text = PROGRAM;
    }
    if (!g_shell_parse_argv(text, NULL, &words, &cause)) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "the debugger's command '%s': %s", text, cause->message);
        return NULL;
    }
    path = g_find_program_in_path(words[0]);
    if (!path) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "there is no debugger '%s'; the package gdb-multiarch has "
                    "one, --gdb or $GDB name another", words[0]);
        g_strfreev(words);
        return NULL;
    }
    return words;
}

/* As GDB takes a file name apart */
static void append_quoted(GString *text, const char *path)
{
    g_string_append_c(text, '"');
    for (const char *p = path; *p; p++) {
        if (*p == '"' || *p == '\\') {
            g_string_append_c(text, '\\');
        }
        g_string_append_c(text, *p);
    }
    g_string_append_c(text, '"');
}

static void append_inferior(GString *text, const HetGdbInferior *inferior,
                            guint number, const char *address,
                            gboolean is_only)
{
    if (number > 1) {
        g_string_append_printf(text, "add-inferior\ninferior %u\n", number);
    }
    if (inferior->symbols) {
        g_string_append(text, "file ");
        append_quoted(text, inferior->symbols);
        g_string_append_c(text, '\n');
    }
    if (number == 1) {
        g_string_append_printf(text, "target extended-remote %s\n", address);
    }
    if (!is_only) {
        g_string_append_printf(text, "attach %u\n", number);
    }
}

char *het_gdb_script(const GPtrArray *inferiors, const char *address)
{
    GString *text = g_string_new("set schedule-multiple on\n");

    for (guint i = 0; i < inferiors->len; i++) {
        append_inferior(text, g_ptr_array_index(inferiors, i), i + 1,
                        address, inferiors->len == 1);
    }
    if (inferiors->len > 1) {
        g_string_append(text, "inferior 1\n");
    }
    return g_string_free(text, FALSE);
}

static void set_default_signals(gpointer data)
{
    signal(SIGINT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
}

gboolean het_gdb_start(char **words, const char *script, GPid *pid,
                       GError **error)
{
    guint n = g_strv_length(words);
    g_autofree char **argv = g_new0(char *, n + 3);
    g_autoptr(GError) cause = NULL;

    argv[0] = words[0];
    argv[1] = (char *)"-x";
    argv[2] = (char *)script;
    for (guint i = 1; i < n; i++) {
        argv[i + 2] = words[i];
    }
    signal(SIGINT, SIG_IGN);
    if (!g_spawn_async(NULL, argv, NULL, G_SPAWN_SEARCH_PATH |
                       G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CHILD_INHERITS_STDIN,
                       set_default_signals, NULL, pid, &cause)) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot start the debugger: %s", cause->message);
        return FALSE;
    }
    return TRUE;
}
