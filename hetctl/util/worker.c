/*
 * Work that may never end, done by another thread until its caller gives up
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/worker.h"

#include "util/error.h"
#include "util/interrupt.h"

#define LOOK_US 100000          /* how long a signal may wait */
#define GRACE_US 400000         /* what nearly is done may end */

typedef struct {
    HetWorkFunc *func;
    gpointer data;
    GDestroyNotify clear;
    GError *error;
    GCond ended;
    gboolean begun;
    gboolean done;
    gboolean given_up;
} HetWork;

/* All under the lock */
static struct {
    GMutex lock;
    GCond wanted;
    GQueue queue;               /* HetWork that no thread has taken */
    guint threads;
    guint idle;
    guint stuck;
    gboolean may_do_without;
} pool = { .queue = G_QUEUE_INIT };

static HetWork *work_new(HetWorkFunc *func, gpointer data,
                         GDestroyNotify clear)
{
    HetWork *work = g_atomic_rc_box_new0(HetWork);

    work->func = func;
    work->data = g_atomic_rc_box_acquire(data);
    work->clear = clear;
    g_cond_init(&work->ended);
    return work;
}

static void work_clear(gpointer data)
{
    HetWork *work = data;

    g_atomic_rc_box_release_full(work->data, work->clear);
    g_clear_error(&work->error);
    g_cond_clear(&work->ended);
}

static void work_unref(HetWork *work)
{
    g_atomic_rc_box_release_full(work, work_clear);
}

static HetWork *take(void)
{
    HetWork *work;

    g_mutex_lock(&pool.lock);
    while (!(work = g_queue_pop_head(&pool.queue))) {
        pool.idle++;
        g_cond_wait(&pool.wanted, &pool.lock);
        pool.idle--;
    }
    work->begun = TRUE;
    g_mutex_unlock(&pool.lock);
    return work;
}

static gpointer run_thread(gpointer opaque)
{
    het_interrupt_block();
    for (;;) {
        HetWork *work = take();
        GError *error = NULL;
        gboolean is_mine;

        work->func(work->data, &error);
        g_mutex_lock(&pool.lock);
        work->error = error;
        work->done = TRUE;
        pool.stuck -= work->given_up;
        g_cond_signal(&work->ended);
        is_mine = work->given_up;
        if (!is_mine) {
            /* Who waits keeps it, and nothing is held when he goes on. */
            work_unref(work);
        }
        g_mutex_unlock(&pool.lock);
        if (is_mine) {
            work_unref(work);
        }
    }
    return NULL;
}

/* FALSE: there is no thread that could ever take the work. */
static gboolean provide_thread(GError **error)
{
    g_autoptr(GError) cause = NULL;
    GThread *thread;

    if (g_queue_get_length(&pool.queue) < pool.idle) {
        return TRUE;
    }
    thread = g_thread_try_new("worker", run_thread, NULL, &cause);
    if (thread) {
        g_thread_unref(thread);
        pool.threads++;
        return TRUE;
    }
    if (pool.threads > pool.stuck) {
        return TRUE;            /* in its turn */
    }
    g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                "no thread can be had: %s; look at 'ulimit -u' and "
                "'ulimit -v'", cause->message);
    return FALSE;
}

static gboolean enqueue(HetWork *work, GError **error)
{
    if (!provide_thread(error)) {
        return FALSE;
    }
    g_queue_push_tail(&pool.queue, g_atomic_rc_box_acquire(work));
    g_cond_signal(&pool.wanted);
    return TRUE;
}

/* Until it is done, or @deadline, which a signal brings near */
static void wait_done(HetWork *work, gint64 deadline)
{
    gboolean signalled = FALSE;

    while (!work->done && g_get_monotonic_time() < deadline) {
        gint64 now = g_get_monotonic_time();

        if (!signalled && het_interrupted(NULL)) {
            signalled = TRUE;
            deadline = MIN(deadline, now + GRACE_US);
        }
        g_cond_wait_until(&work->ended, &pool.lock,
                          MIN(deadline, now + LOOK_US));
    }
}

static void give_up(HetWork *work, guint limit_ms, GError **error)
{
    if (!work->begun) {
        g_queue_remove(&pool.queue, work);
        work_unref(work);
    } else {
        work->given_up = TRUE;
        pool.stuck++;
    }
    if (!het_interrupted(error)) {
        g_set_error(error, HET_ERROR, HET_ERROR_TIMEOUT,
                    "no answer within %.3g s", limit_ms / 1e3);
    }
}

/* Under the lock */
static gboolean run_in_thread(HetWork *work, guint limit_ms, GError **error)
{
    wait_done(work, g_get_monotonic_time() + limit_ms * (gint64)1000);
    if (!work->done) {
        give_up(work, limit_ms, error);
        return FALSE;
    }
    if (work->error) {
        g_propagate_error(error, g_steal_pointer(&work->error));
        return FALSE;
    }
    return TRUE;
}

gboolean het_worker_run(HetWorkFunc *func, gpointer data, GDestroyNotify clear,
                        guint limit_ms, gboolean *given_up, GError **error)
{
    g_autoptr(GError) cause = NULL;
    gboolean was_given_up = FALSE;
    gboolean has_thread, may_do_without;
    gboolean ok = FALSE;
    HetWork *work;

    if (het_interrupted(error)) {
        return FALSE;
    }
    work = work_new(func, data, clear);
    g_mutex_lock(&pool.lock);
    may_do_without = pool.may_do_without;
    has_thread = enqueue(work, &cause);
    if (has_thread) {
        ok = run_in_thread(work, limit_ms, error);
        was_given_up = work->given_up;
    }
    g_mutex_unlock(&pool.lock);
    work_unref(work);
    if (!has_thread && may_do_without) {
        ok = func(data, error);
    } else if (!has_thread) {
        g_propagate_error(error, g_steal_pointer(&cause));
    }
    if (given_up) {
        *given_up = was_given_up;
    }
    return ok;
}

void het_worker_do_without(void)
{
    g_mutex_lock(&pool.lock);
    pool.may_do_without = TRUE;
    g_mutex_unlock(&pool.lock);
}

gboolean het_worker_is_stuck(void)
{
    gboolean is_stuck;

    g_mutex_lock(&pool.lock);
    is_stuck = pool.stuck > 0;
    g_mutex_unlock(&pool.lock);
    return is_stuck;
}
