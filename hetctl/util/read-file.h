/*
 * Reading a file of bounded size
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_READ_FILE_H
#define HET_READ_FILE_H

#include <glib.h>

/*
 * Reads @fd from where it is to its end, and a NUL behind it. Errors are
 * G_FILE_ERROR; _NOSPC: it has more than @max bytes.
 */
gboolean het_read_fd(int fd, gsize max, char **content, gsize *len,
                     GError **error);

/* The same of @path, which may be a pipe or a device */
gboolean het_read_file(const char *path, gsize max, char **content,
                       gsize *len, GError **error);

#endif
