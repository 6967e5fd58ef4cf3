/*
 * Work that may never end, done by another thread until its caller gives up
 *
 * The threads are few and stay: the first is there before anything is changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_WORKER_H
#define HET_WORKER_H

#include <glib.h>

typedef gboolean HetWorkFunc(gpointer data, GError **error);

/*
 * Runs @func with @data, which g_atomic_rc_box_new0() has made: work that is
 * given up goes on with it, and @clear clears it after the last use.  Errors,
 * besides those of @func: HET_ERROR_TIMEOUT after @limit_ms, HET_ERROR_RESOURCE
 * when no thread can be had, and het_interrupted() a short time after a signal.
 * @given_up, or NULL: the work has begun and was not waited for.
 */
gboolean het_worker_run(HetWorkFunc *func, gpointer data, GDestroyNotify clear,
                        guint limit_ms, gboolean *given_up, GError **error);

/*
 * From now on the caller itself does what no thread can be had for, without an
 * end: for who undoes or ends something, which must not fail for that.
 */
void het_worker_do_without(void);

/* Is there work that was given up and has not ended? */
gboolean het_worker_is_stuck(void);

#endif
