/*
 * Threads of the GDB remote protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "rsp/thread.h"

#include <string.h>

#define DIGITS_MAX 8
#define ACTIONS_MAX 1024

static gboolean parse_number(const char **text, gint64 *value)
{
    const char *p = *text;

    if (g_str_has_prefix(p, "-1")) {
        *text = p + 2;
        *value = HET_RSP_ALL;
        return TRUE;
    }
    *value = 0;
    while (g_ascii_isxdigit(*p) && p - *text <= DIGITS_MAX) {
        *value = *value << 4 | g_ascii_xdigit_value(*p++);
    }
    if (p == *text || *value > G_MAXINT32) {
        return FALSE;
    }
    *text = p;
    return TRUE;
}

gboolean het_rsp_parse_thread(const char **text, HetRspThread *thread)
{
    const char *p = *text;

    *thread = (HetRspThread) { HET_RSP_ANY, HET_RSP_ALL };
    if (*p != 'p') {
        if (!parse_number(&p, &thread->tid)) {
            return FALSE;
        }
        if (thread->tid == HET_RSP_ALL) {
            thread->pid = HET_RSP_ALL;
        }
        *text = p;
        return TRUE;
    }
    p++;
    if (!parse_number(&p, &thread->pid)) {
        return FALSE;
    }
    if (*p == '.') {
        p++;
        if (!parse_number(&p, &thread->tid)) {
            return FALSE;
        }
    }
    *text = p;
    return TRUE;
}

gboolean het_rsp_thread_matches(const HetRspThread *t, gint64 pid, gint64 tid)
{
    return (t->pid <= 0 || t->pid == pid) && (t->tid <= 0 || t->tid == tid);
}

/* "C05" is "c": a processor takes no signals. */
static gboolean parse_action(const char **text, char *action)
{
    const char *p = *text;

    if (!*p || !strchr("cCsS", *p)) {
        return FALSE;
    }
    *action = g_ascii_tolower(*p);
    if (g_ascii_isupper(*p++)) {
        if (!g_ascii_isxdigit(p[0]) || !g_ascii_isxdigit(p[1])) {
            return FALSE;
        }
        p += 2;
    }
    *text = p;
    return TRUE;
}

GArray *het_rsp_parse_vcont(const char *text)
{
    g_autoptr(GArray) actions = g_array_new(FALSE, TRUE,
                                            sizeof(HetRspAction));
    const char *p = text;

    if (!g_str_has_prefix(p, "vCont;")) {
        return NULL;
    }
    p += strlen("vCont");
    while (*p) {
        HetRspAction a = { .thread = { HET_RSP_ALL, HET_RSP_ALL } };

        if (*p++ != ';' || actions->len == ACTIONS_MAX ||
            !parse_action(&p, &a.action)) {
            return NULL;
        }
        if (*p == ':' && (p++, !het_rsp_parse_thread(&p, &a.thread))) {
            return NULL;
        }
        g_array_append_val(actions, a);
    }
    return g_steal_pointer(&actions);
}

char het_rsp_action_of(const GArray *actions, gint64 pid, gint64 tid)
{
    for (guint i = 0; i < actions->len; i++) {
        const HetRspAction *a = &g_array_index(actions, HetRspAction, i);

        if (het_rsp_thread_matches(&a->thread, pid, tid)) {
            return a->action;
        }
    }
    return 0;
}
