/*
 * The monitors of emulators that are about to end, held until those are gone
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/hold.h"

#include <unistd.h>

#include "qmp/qmp.h"
#include "run/parallel.h"
#include "util/passed-fd.h"
#include "util/process-end.h"

typedef struct {
    gboolean is_known;
    int monitor;                /* -1: not held */
    int watch;                  /* of the process, -1: none */
    pid_t pid;
} Hold;

struct HetHolds {
    const HetDefined *defined;
    Hold of[];                  /* of each of the parts */
};

static Hold *find(const HetHolds *holds, HetPart *part)
{
    guint index = 0;

    g_ptr_array_find(holds->defined->parts, part, &index);
    return (Hold *)&holds->of[index];
}

static void release(Hold *hold)
{
    if (hold->monitor >= 0) {
        close(hold->monitor);
        hold->monitor = -1;
    }
    if (hold->watch >= 0) {
        close(hold->watch);
        hold->watch = -1;
    }
}

static gboolean take(HetPart *part, void *opaque, GError **error)
{
    Hold *hold = find(opaque, part);
    g_autoptr(HetQmp) qmp = NULL;
    int ends[2];

    if (!het_part_is_active(part) || !het_passed_fd_open(ends)) {
        return TRUE;
    }
    qmp = het_qmp_new_for_domain(part->domain);
    hold->is_known = het_qmp_processor_hold_monitor(qmp, ends[1], NULL);
    if (hold->is_known) {
        hold->monitor = het_passed_fd_take(ends[0], &hold->pid);
        hold->watch = het_process_end_watch(hold->pid);
    }
    close(ends[0]);
    close(ends[1]);
    /* An end that is not seen here must not be hidden from libvirt. */
    if (hold->watch < 0) {
        release(hold);
    }
    return TRUE;
}

HetHolds *het_holds_take(const HetDefined *defined)
{
    guint n = defined->parts->len;
    HetHolds *holds = g_malloc0(sizeof(*holds) + n * sizeof(holds->of[0]));

    holds->defined = defined;
    for (guint i = 0; i < n; i++) {
        holds->of[i] = (Hold) { .monitor = -1, .watch = -1 };
    }
    het_parallel_run(defined->parts, take, holds, NULL);
    return holds;
}

void het_holds_free(HetHolds *holds)
{
    for (guint i = 0; holds && i < holds->defined->parts->len; i++) {
        release(&holds->of[i]);
    }
    g_free(holds);
}

gboolean het_holds_is_known(const HetHolds *holds, HetPart *part)
{
    return find(holds, part)->is_known;
}

void het_holds_wait(HetHolds *holds, HetPart *part, guint ms)
{
    Hold *hold = find(holds, part);

    if (hold->monitor >= 0) {
        het_process_end_wait(hold->watch, hold->pid, ms);
    }
    release(hold);
}
