/*
 * What processors have done until now, and how fast they did it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_TOP_SAMPLE_H
#define HET_TOP_SAMPLE_H

#include "run/status.h"

typedef struct {
    gint64 at_us;               /* monotonic */
    gboolean has_cpu_time, has_links;
    guint64 cpu_ns, sent, received;
} HetTopSample;

/* What is not known is negative. */
typedef struct {
    double seconds;             /* between the two */
    double cpu;                 /* of one processor of the host, 1 is all */
    double sent, received;      /* messages per second */
} HetTopRate;

void het_top_sample(HetTopSample *sample, const HetPartStatus *part,
                    gint64 now_us);
/* @before NULL: not seen yet. What has gone down was begun anew. */
HetTopRate het_top_rate(const HetTopSample *before,
                        const HetTopSample *now);

#endif
