/*
 * Many file descriptors as one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_FD_PARCEL_H
#define HET_FD_PARCEL_H

#include <glib.h>

/*
 * A socket in which copies of @fds wait for who reads it, in messages of one
 * byte; nobody has its other end.  -1 on failure.
 */
int het_fd_parcel_new(const int *fds, gsize n, GError **error);

#endif
