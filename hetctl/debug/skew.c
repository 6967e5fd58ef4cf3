/*
 * How far apart the processors of a SoC have halted
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/skew.h"

void het_skew_goes(HetSkewClock *clock, gint64 ns)
{
    clock->went_ns = ns;
    clock->stopped_ns = 0;
    clock->before = clock->executed;
}

void het_skew_stops(HetSkewClock *clock, const HetRspStop *stop)
{
    if (stop->stopped_ns) {
        clock->executed = stop->executed;
        clock->stopped_ns = stop->stopped_ns;
    }
}

static gboolean counts(const HetSkewClock *clock)
{
    return clock->went_ns && clock->stopped_ns;
}

/* What it executed in its last @ns nanoseconds, at its mean speed */
static guint64 estimate(const HetSkewClock *clock, gint64 ns)
{
    gint64 ran = clock->stopped_ns - clock->went_ns;
    guint64 executed = clock->executed - clock->before;

    /* A stub may tell anything. */
    if (clock->executed < clock->before || ran <= 0) {
        return 0;
    }
    return ns >= ran ? executed
                     : (guint64)((double)executed * ((double)ns / ran));
}

static void add(HetSkewSeries *series, guint64 value)
{
    series->last = value;
    series->max = MAX(series->max, value);
    series->sum += value;
}

void het_skew_note(HetSkew *skew, GPtrArray *clocks)
{
    gint64 first = G_MAXINT64, last = 0;
    guint64 instructions = 0;
    guint n = 0;

    for (guint i = 0; i < clocks->len; i++) {
        const HetSkewClock *clock = g_ptr_array_index(clocks, i);

        if (counts(clock)) {
            first = MIN(first, clock->stopped_ns);
            last = MAX(last, clock->stopped_ns);
            n++;
        }
    }
    for (guint i = 0; i < clocks->len; i++) {
        HetSkewClock *clock = g_ptr_array_index(clocks, i);

        if (counts(clock)) {
            instructions = MAX(instructions,
                               estimate(clock, clock->stopped_ns - first));
        }
        clock->went_ns = 0;
    }
    if (n > 1) {
        skew->stops++;
        add(&skew->ns, last - first);
        add(&skew->instructions, instructions);
    }
}

static void append(GString *text, const char *name, guint64 ns,
                   guint64 instructions)
{
    g_string_append_printf(text, ", %s %" G_GUINT64_FORMAT " us (%"
                           G_GUINT64_FORMAT " instructions)", name, ns / 1000,
                           instructions);
}

char *het_skew_format(const HetSkew *skew)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint64 n = MAX(skew->stops, 1);

    g_string_append_printf(text, "stops %" G_GUINT64_FORMAT, skew->stops);
    append(text, "last", skew->ns.last, skew->instructions.last);
    append(text, "mean", skew->ns.sum / n, skew->instructions.sum / n);
    append(text, "longest", skew->ns.max, skew->instructions.max);
    g_string_append_c(text, '\n');
    return g_strdup(text->str);
}
