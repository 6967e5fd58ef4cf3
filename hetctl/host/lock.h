/*
 * The lock of a SoC: one hetctl at a time changes it
 *
 * An flock() on a file in the place that all have who may change it, so that
 * it ends with its process, however that ends.  Beside it there are record
 * locks, because of them the kernel tells whose they are: the first byte of who
 * has the lock, the second of who has it to end the SoC.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_LOCK_H
#define HET_LOCK_H

#include "host/place.h"

typedef struct HetLock HetLock;

/*
 * HET_ERROR_STATE when another process still has it after @timeout_ms; ends
 * with a signal, see het_interrupted().
 */
HetLock *het_lock_acquire(const HetPlace *place, const char *soc,
                          guint timeout_ms, GError **error);
void het_lock_release(HetLock *lock);

/*
 * For who ends the SoC: takes the lock away from a process that does not give
 * it back soon, with SIGTERM, then with SIGKILL, and waits longer for one that
 * is ending the SoC itself.  @ended: what was ended, a sentence, or NULL.
 */
HetLock *het_lock_take(const HetPlace *place, const char *soc, char **ended,
                       GError **error);

/*
 * Somebody who takes the lock again and again calls this in between: every
 * now and then it waits long enough for others to get it.  @last is 0 first.
 */
void het_lock_yield(gint64 *last);

/* Where the lock of @soc lies while it is held */
char *het_lock_path(const HetPlace *place, const char *soc);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetLock, het_lock_release)

#endif
