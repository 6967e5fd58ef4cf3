/*
 * Writing, or reading, all of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_WRITE_ALL_H
#define HET_WRITE_ALL_H

#include <glib.h>

/*
 * Errors: HET_ERROR_RESOURCE when there is no room, messages without name.  A
 * signal that is caught is one as well, when who should read has stopped to.
 */
gboolean het_write_all(int fd, gconstpointer data, gsize size,
                       GError **error);

/*
 * At @offset of a file: 0, or the errno; ENODATA when the file ends before.
 * Not interrupted by a signal.
 */
int het_write_at(int fd, gconstpointer data, gsize size, guint64 offset);
int het_read_at(int fd, gpointer data, gsize size, guint64 offset);

#endif
