/*
 * A descriptor that another process passes to this one, and who that is
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_PASSED_FD_H
#define HET_PASSED_FD_H

#include <glib.h>
#include <sys/types.h>

/*
 * A pair of sockets: ours, and the one to be given away.  The kernel tells on
 * ours who wrote.  FALSE on failure.
 */
gboolean het_passed_fd_open(int ends[2]);

/*
 * What has been passed to our end; it is not waited for.  -1: nothing, or more
 * than one.  @pid: of who wrote, 0: it has none that is known here
 */
int het_passed_fd_take(int from, pid_t *pid);

#endif
