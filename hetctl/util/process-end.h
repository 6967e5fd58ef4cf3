/*
 * The end of a process that is not a child
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_PROCESS_END_H
#define HET_PROCESS_END_H

#include <glib.h>
#include <sys/types.h>

/* A descriptor by which its end is seen, -1: it, or the means, is not there */
int het_process_end_watch(pid_t pid);

/*
 * Waits until the process of @watch, which has @pid, has ended and its parent
 * has seen that, so that nobody finds it any more.  FALSE after @ms
 */
gboolean het_process_end_wait(int watch, pid_t pid, guint ms);

#endif
