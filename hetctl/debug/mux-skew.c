/*
 * One debugger for all processors of a SoC: how far apart they have halted
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/mux-internal.h"

#include <string.h>

static HetMuxPart *part_at(const HetMux *m, guint index)
{
    return &g_array_index(m->parts, HetMuxPart, index);
}

void het_mux_note_skew(HetMux *m)
{
    g_autoptr(GPtrArray) clocks = g_ptr_array_new();

    for (guint i = 0; i < m->parts->len; i++) {
        g_ptr_array_add(clocks, &part_at(m, i)->clock);
    }
    het_skew_note(&m->skew, clocks);
}

static void answer(HetMux *m)
{
    g_autofree char *text =
        het_skew_format(&m->skew,
                        m->skew_is_known ? &m->skew_instructions : NULL);

    het_mux_answer_monitor(m, text);
}

/* What it went on after the first one had halted; of who went furthest */
static void on_executed(HetTarget *target, const GString *reply, void *opaque)
{
    HetMuxPart *part = opaque;
    HetMux *m = part->mux;
    guint64 before;

    if (!reply ||
        !g_ascii_string_to_unsigned(reply->str, 16, 0, G_MAXUINT64, &before,
                                    NULL) ||
        before > part->clock.executed) {
        m->skew_is_known = FALSE;
    } else {
        m->skew_instructions = MAX(m->skew_instructions,
                                   part->clock.executed - before);
    }
    if (--m->skew_asked == 0) {
        answer(m);
    }
}

void het_mux_tell_skew(HetMux *m)
{
    g_autofree char *packet =
        g_strdup_printf("qqemu.ExecutedAt:%" G_GINT64_MODIFIER "x",
                        m->skew.first_ns);

    m->skew_instructions = 0;
    m->skew_is_known = TRUE;
    m->skew_asked = 1;
    for (guint i = 0; i < m->parts->len; i++) {
        HetMuxPart *part = part_at(m, i);

        if (part->clock.is_of_last &&
            part->clock.stopped_ns > m->skew.first_ns &&
            het_target_state(part->target) == HET_TARGET_HALTED) {
            m->skew_asked++;
            het_target_ask(part->target, packet, strlen(packet), on_executed,
                           part);
        }
    }
    if (--m->skew_asked == 0) {
        answer(m);
    }
}
