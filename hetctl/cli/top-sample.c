/*
 * What processors have done until now, and how fast they did it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/top-sample.h"

void het_top_sample(HetTopSample *sample, const HetPartStatus *part,
                    gint64 now_us)
{
    *sample = (HetTopSample) {
        .at_us = now_us,
        .has_cpu_time = part->has_cpu_time,
        .has_links = part->idms != NULL,
        .cpu_ns = part->cpu_ns,
    };
    for (guint i = 0; part->idms && i < part->idms->len; i++) {
        const HetIdmInfo *idm = g_ptr_array_index(part->idms, i);

        for (guint j = 0; j < idm->links->len; j++) {
            const HetIdmLink *link = g_ptr_array_index(idm->links, j);

            sample->sent += link->sent;
            sample->received += link->received;
        }
    }
}

static double per_second(guint64 before, guint64 now, gint64 us)
{
    return now < before ? -1 : (now - before) * 1e6 / us;
}

HetTopRate het_top_rate(const HetTopSample *before, const HetTopSample *now)
{
    HetTopRate rate = { -1, -1, -1, -1 };
    gint64 us = before ? now->at_us - before->at_us : 0;

    if (us <= 0) {
        return rate;
    }
    rate.seconds = us / 1e6;
    if (before->has_cpu_time && now->has_cpu_time) {
        rate.cpu = per_second(before->cpu_ns, now->cpu_ns, us) / 1e9;
    }
    if (before->has_links && now->has_links) {
        rate.sent = per_second(before->sent, now->sent, us);
        rate.received = per_second(before->received, now->received, us);
    }
    return rate;
}
