/*
 * How far apart the processors of a SoC have halted
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/skew.h"

void het_skew_goes(HetSkewClock *clock)
{
    clock->goes = TRUE;
    clock->stopped_ns = 0;
}

void het_skew_stops(HetSkewClock *clock, const HetRspStop *stop)
{
    clock->executed = stop->executed;
    clock->stopped_ns = stop->stopped_ns;
}

void het_skew_note(HetSkew *skew, GPtrArray *clocks)
{
    gint64 first = G_MAXINT64, last = 0;
    guint n = 0;

    for (guint i = 0; i < clocks->len; i++) {
        HetSkewClock *clock = g_ptr_array_index(clocks, i);

        clock->is_of_last = clock->goes && clock->stopped_ns;
        clock->goes = FALSE;
        if (clock->is_of_last) {
            first = MIN(first, clock->stopped_ns);
            last = MAX(last, clock->stopped_ns);
            n++;
        }
    }
    if (n > 1) {
        skew->stops++;
        skew->first_ns = first;
        skew->last_ns = last - first;
        skew->max_ns = MAX(skew->max_ns, skew->last_ns);
        skew->sum_ns += skew->last_ns;
        return;
    }
    for (guint i = 0; i < clocks->len; i++) {
        HetSkewClock *clock = g_ptr_array_index(clocks, i);

        clock->is_of_last = FALSE;
    }
}

char *het_skew_format(const HetSkew *skew, const guint64 *instructions)
{
    g_autofree char *executed =
        instructions ? g_strdup_printf("%" G_GUINT64_FORMAT, *instructions)
                     : g_strdup("unknown");

    return g_strdup_printf(
        "stops %" G_GUINT64_FORMAT ", last %" G_GUINT64_FORMAT " us, %s "
        "instructions, mean %" G_GUINT64_FORMAT " us, longest %"
        G_GUINT64_FORMAT " us\n", skew->stops, skew->last_ns / 1000, executed,
        skew->sum_ns / MAX(skew->stops, 1) / 1000, skew->max_ns / 1000);
}
