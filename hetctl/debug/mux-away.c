/*
 * One debugger for all processors of a SoC: one whose emulator is started again
 *
 * GDB forgets an inferior that has ended, and needs to be told to attach the
 * next.  So a processor that may come back does not end for GDB: until then it
 * is like a core in reset, without memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/mux-internal.h"

#include <string.h>

#define BREAKPOINTS_MAX 4096
#define UNSAID_MAX 1024

void het_mux_part_init(HetMuxPart *part)
{
    part->breakpoints = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                              NULL);
    part->sizes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                        NULL);
}

void het_mux_part_clear(HetMuxPart *part)
{
    g_hash_table_unref(part->breakpoints);
    g_hash_table_unref(part->sizes);
}

/* ---- what GDB has set ---- */

static gboolean note_breakpoint(HetMuxPart *part, const char *packet)
{
    if (*packet == 'z') {
        g_hash_table_remove(part->breakpoints, packet + 1);
    } else if (g_hash_table_size(part->breakpoints) < BREAKPOINTS_MAX) {
        g_hash_table_add(part->breakpoints, g_strdup(packet + 1));
    } else {
        return g_hash_table_contains(part->breakpoints, packet + 1);
    }
    return TRUE;
}

gboolean het_mux_note_asked(HetMuxPart *part, gint64 tid, const GString *asked,
                            const char *reply)
{
    if (*reply == 'E') {        /* hex digits are in lower case */
        return TRUE;
    }
    switch (asked->str[0]) {
    case 'z':
    case 'Z':
        return strcmp(reply, "OK") || note_breakpoint(part, asked->str);
    case 'g':
        g_hash_table_replace(part->sizes, g_memdup2(&tid, sizeof(tid)),
                             GSIZE_TO_POINTER(strlen(reply)));
        return TRUE;
    default:
        return TRUE;
    }
}

/* ---- while it is away ---- */

/* GDB (13) cannot stop where there is no program counter: all are 0. */
static void answer_registers(HetMux *m, HetMuxPart *part, gint64 tid)
{
    gsize size = GPOINTER_TO_SIZE(g_hash_table_lookup(part->sizes, &tid));
    g_autofree char *text = g_strnfill(size, '0');

    het_mux_reply(m, size ? text : "E01");
}

void het_mux_answer_away(HetMux *m, HetMuxPart *part, gint64 tid,
                         const char *packet)
{
    switch (*packet) {
    case 'g':
        answer_registers(m, part, tid);
        break;
    case 'p':
        het_mux_reply(m, "xx");
        break;
    case 'z':
    case 'Z':
        het_mux_reply(m, note_breakpoint(part, packet) ? "OK" : "E0c");
        break;
    default:
        het_mux_reply(m, "E01");
        break;
    }
}

/* GDB takes a text only while it waits for a stop. */
static void say(HetMux *m, const HetMuxPart *part, const char *what)
{
    g_autofree char *text = g_strdup_printf("Processor '%s' %s.\n",
                                            het_target_name(part->target),
                                            what);

    if (m->phase != HET_MUX_HALTED) {
        het_mux_say(m, text, strlen(text));
    } else if (m->unsaid->len < UNSAID_MAX) {
        g_string_append(m->unsaid, text);
    }
}

void het_mux_say_unsaid(HetMux *m)
{
    if (m->unsaid->len) {
        het_mux_say(m, m->unsaid->str, m->unsaid->len);
        g_string_truncate(m->unsaid, 0);
    }
}

gboolean het_mux_leave(HetMux *m, HetMuxPart *part)
{
    part->selected = 0;
    part->is_coming = FALSE;
    part->is_away = part->state != HET_PART_FREE &&
                    het_target_has_ended(part->target) &&
                    m->funcs->left(part->pid - 1, m->opaque);
    if (part->is_away) {
        say(m, part, "has ended: it is in reset until its emulator is "
            "started again");
    }
    return part->is_away;
}

/* ---- its return ---- */

static void on_nothing(HetTarget *target, const GString *reply, void *opaque)
{
}

static void on_prepared(HetTarget *target, const GString *reply, void *opaque)
{
    HetMuxPart *part = opaque;

    part->is_coming = FALSE;
    if (reply) {
        say(part->mux, part, "is back");
        het_mux_resume_part(part->mux, part);
    }
}

static void insert_breakpoints(HetMuxPart *part)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, part->breakpoints);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        g_autofree char *packet = g_strdup_printf("Z%s", (const char *)key);

        het_target_ask(part->target, packet, strlen(packet), on_nothing,
                       NULL);
    }
}

void het_mux_come_back(HetMux *m, HetMuxPart *part)
{
    part->is_away = FALSE;
    part->is_coming = TRUE;
    if (part->state == HET_PART_ATTACHED) {
        insert_breakpoints(part);
        if (m->options.stops_at_boot) {
            het_target_set_boot_stop(part->target, TRUE);
        }
    }
    /* Behind all these: any core */
    het_target_ask(part->target, "Hg0", 3, on_prepared, part);
}
