/*
 * How far apart the processors of a SoC have halted
 *
 * Out of what their stubs tell at each stop: when it was, by the host's clock,
 * and how many instructions were executed until then.  How many of them a
 * processor has executed after the first one had halted is not seen by anybody;
 * it follows from how fast it went since it was last let go.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_SKEW_H
#define HET_DEBUG_SKEW_H

#include <glib.h>

#include "rsp/stop-reply.h"

/* Of one processor */
typedef struct {
    gint64 went_ns;             /* when it was let go; 0: it was not */
    gint64 stopped_ns;          /* 0: it goes on, or has not been noted */
    guint64 before;             /* executed when it was let go */
    guint64 executed;
} HetSkewClock;

typedef struct {
    guint64 last;
    guint64 max;
    guint64 sum;
} HetSkewSeries;

/* Of stops of two or more, from the first one's to the last one's */
typedef struct {
    guint64 stops;
    HetSkewSeries ns;
    HetSkewSeries instructions; /* of who executed most of them */
} HetSkew;

void het_skew_goes(HetSkewClock *clock, gint64 ns);
void het_skew_stops(HetSkewClock *clock, const HetRspStop *stop);
/* All have halted.  @clocks: HetSkewClock *; who did not go does not count. */
void het_skew_note(HetSkew *skew, GPtrArray *clocks);

/* A line */
char *het_skew_format(const HetSkew *skew);

#endif
