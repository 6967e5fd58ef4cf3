/*
 * The same question to several hosts, by a hetctl for each
 *
 * None of them can ask for a password: several would at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/hosts.h"

#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "qmp/json-text.h"
#include "util/error.h"

typedef struct {
    GSubprocess *process;
    HetHostAnswer *answer;
    guint *left;
} Asking;

void het_host_answer_free(HetHostAnswer *answer)
{
    g_clear_pointer(&answer->answer, json_node_unref);
    g_free(answer->error);
    g_free(answer);
}

static void fail(HetHostAnswer *answer, int code, const char *text)
{
    const char *prefix = "error: ";
    g_autofree char *line = g_strdup(text);

    g_strstrip(line);
    answer->code = code;
    answer->error = g_strdup(g_str_has_prefix(line, prefix)
                             ? line + strlen(prefix) : line);
}

static gboolean is_text(JsonNode *node)
{
    return node && json_node_get_value_type(node) == G_TYPE_STRING;
}

static gboolean is_soc(JsonNode *node)
{
    JsonObject *soc = JSON_NODE_HOLDS_OBJECT(node)
                      ? json_node_get_object(node) : NULL;
    JsonNode *names = soc ? json_object_get_member(soc, "processors") : NULL;
    JsonArray *list = names && JSON_NODE_HOLDS_ARRAY(names)
                      ? json_node_get_array(names) : NULL;
    gboolean ok = list && is_text(json_object_get_member(soc, "name")) &&
                  is_text(json_object_get_member(soc, "state"));

    for (guint i = 0; ok && i < json_array_get_length(list); i++) {
        ok = is_text(json_array_get_element(list, i));
    }
    return ok;
}

/* As 'hetctl list' prints it: who looks at it need not check. */
static gboolean is_list(JsonNode *node)
{
    JsonArray *list = node && JSON_NODE_HOLDS_ARRAY(node)
                      ? json_node_get_array(node) : NULL;

    for (guint i = 0; list && i < json_array_get_length(list); i++) {
        if (!is_soc(json_array_get_element(list, i))) {
            return FALSE;
        }
    }
    return list != NULL;
}

static void take(Asking *a, const char *out, const char *errors)
{
    int code = g_subprocess_get_if_exited(a->process)
               ? g_subprocess_get_exit_status(a->process) : HET_ERROR_TIMEOUT;

    if (!g_subprocess_get_if_exited(a->process)) {
        fail(a->answer, code, "no answer in time");
    } else if (code) {
        fail(a->answer, code, errors);
    } else {
        a->answer->answer = het_json_parse(out);
        if (!is_list(a->answer->answer)) {
            fail(a->answer, HET_ERROR_FAILED, "it answers with no list");
            g_clear_pointer(&a->answer->answer, json_node_unref);
        }
    }
}

static void on_end(GObject *object, GAsyncResult *result, gpointer opaque)
{
    Asking *a = opaque;
    g_autofree char *out = NULL;
    g_autofree char *errors = NULL;
    g_autoptr(GError) why = NULL;

    if (g_subprocess_communicate_utf8_finish(a->process, result, &out,
                                             &errors, &why)) {
        take(a, out, errors);
    } else {
        fail(a->answer, HET_ERROR_FAILED, why->message);
    }
    --*a->left;
}

/* Without a terminal ssh asks nobody, and Ctrl+C comes from here. */
static void leave_terminal(gpointer opaque)
{
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static void begin(Asking *a, const char *const *argv)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autoptr(GError) why = NULL;

    g_ptr_array_add(words, "/proc/self/exe");
    g_ptr_array_add(words, "--format=json");
    g_ptr_array_add(words, "--connect");
    g_ptr_array_add(words, (char *)a->answer->uri);
    for (; *argv; argv++) {
        g_ptr_array_add(words, (char *)*argv);
    }
    g_ptr_array_add(words, NULL);
    g_subprocess_launcher_set_child_setup(launcher, leave_terminal, NULL,
                                          NULL);
    g_subprocess_launcher_setenv(launcher, "SSH_ASKPASS_REQUIRE", "never",
                                 TRUE);
    a->process = g_subprocess_launcher_spawnv(
        launcher, (const char *const *)words->pdata, &why);
    if (!a->process) {
        fail(a->answer, HET_ERROR_RESOURCE, why->message);
        --*a->left;
        return;
    }
    g_subprocess_communicate_utf8_async(a->process, NULL, NULL, on_end, a);
}

static gboolean on_limit(gpointer opaque)
{
    gboolean *is_over = opaque;

    *is_over = TRUE;
    return G_SOURCE_REMOVE;
}

static void end_all(GPtrArray *asking)
{
    for (guint i = 0; i < asking->len; i++) {
        Asking *a = asking->pdata[i];

        if (a->process) {
            g_subprocess_force_exit(a->process);
        }
    }
}

static void wait_for_all(GPtrArray *asking, const guint *left, guint limit_s)
{
    gboolean is_over = FALSE;
    guint timer = g_timeout_add_seconds(limit_s, on_limit, &is_over);

    while (*left && !is_over) {
        g_main_context_iteration(NULL, TRUE);
    }
    if (is_over) {
        end_all(asking);
    } else {
        g_source_remove(timer);
    }
    while (*left) {
        g_main_context_iteration(NULL, TRUE);
    }
}

static void asking_free(gpointer data)
{
    Asking *a = data;

    g_clear_object(&a->process);
    g_free(a);
}

GPtrArray *het_hosts_ask(const char *const *uris, const char *const *argv,
                         guint limit_s)
{
    g_autoptr(GPtrArray) asking =
        g_ptr_array_new_with_free_func(asking_free);
    GPtrArray *answers = g_ptr_array_new_with_free_func(
        (GDestroyNotify)het_host_answer_free);
    guint left = g_strv_length((char **)uris);

    for (; *uris; uris++) {
        Asking *a = g_new0(Asking, 1);

        a->left = &left;
        a->answer = g_new0(HetHostAnswer, 1);
        a->answer->uri = *uris;
        g_ptr_array_add(answers, a->answer);
        g_ptr_array_add(asking, a);
        begin(a, argv);
    }
    wait_for_all(asking, &left, limit_s);
    return answers;
}
