/*
 * The same work on several processors at once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/parallel.h"

#include "util/interrupt.h"

typedef struct {
    HetPart *part;
    HetParallelFunc *func;
    void *opaque;
    GError *error;
    GThread *thread;
} HetJob;

static void run_job(HetJob *job)
{
    job->func(job->part, job->opaque, &job->error);
}

static gpointer run_thread(gpointer data)
{
    het_interrupt_block();
    run_job(data);
    return NULL;
}

gboolean het_parallel_run(GPtrArray *parts, HetParallelFunc *func, void *opaque,
                          GError **error)
{
    g_autofree HetJob *jobs = g_new0(HetJob, parts->len);
    gboolean ok = TRUE;

    for (guint i = 0; i < parts->len; i++) {
        jobs[i].part = g_ptr_array_index(parts, i);
        jobs[i].func = func;
        jobs[i].opaque = opaque;
        /* The last is for this thread, and what no thread can be had for. */
        jobs[i].thread = i + 1 < parts->len
                         ? g_thread_try_new("processor", run_thread, &jobs[i],
                                            NULL) : NULL;
    }
    for (guint i = 0; i < parts->len; i++) {
        if (!jobs[i].thread) {
            run_job(&jobs[i]);
        }
    }
    for (guint i = 0; i < parts->len; i++) {
        if (jobs[i].thread) {
            g_thread_join(jobs[i].thread);
        }
        if (!jobs[i].error) {
            continue;
        }
        if (ok) {
            g_propagate_error(error, jobs[i].error);
        } else {
            g_error_free(jobs[i].error);
        }
        ok = FALSE;
    }
    return ok;
}
