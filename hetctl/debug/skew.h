/*
 * How far apart the processors of a SoC have halted
 *
 * Out of what their stubs tell at each stop: when it was, by the host's clock,
 * and how many instructions were executed until then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_SKEW_H
#define HET_DEBUG_SKEW_H

#include <glib.h>

#include "rsp/stop-reply.h"

/* Of one processor */
typedef struct {
    gboolean goes;              /* or did, until the stop to be noted */
    gboolean is_of_last;        /* it has halted with the others, the last time */
    gint64 stopped_ns;          /* 0: it goes on */
    guint64 executed;
} HetSkewClock;

/* Of stops of two or more, from the first one's to the last one's */
typedef struct {
    guint64 stops;
    gint64 first_ns;            /* of the last time: when the first halted */
    guint64 last_ns;
    guint64 max_ns;
    guint64 sum_ns;
} HetSkew;

void het_skew_goes(HetSkewClock *clock);
void het_skew_stops(HetSkewClock *clock, const HetRspStop *stop);
/* All have halted.  @clocks: HetSkewClock *; who did not go does not count. */
void het_skew_note(HetSkew *skew, GPtrArray *clocks);

/*
 * A line; @instructions NULL: of the last time, not known
 */
char *het_skew_format(const HetSkew *skew, const guint64 *instructions);

#endif
