/*
 * Reading files that lie below a folder, and no others
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_READ_BENEATH_H
#define HET_READ_BENEATH_H

#include <glib.h>
#include <sys/types.h>

typedef struct {
    dev_t dev;
    ino_t ino;
} HetFileId;

/*
 * @path of at most @max bytes, which follows symbolic links as long as they
 * stay below @folder. @id tells two names of one file. Errors: messages
 * without a name of their own, in the domain G_FILE_ERROR.
 */
gboolean het_read_beneath(const char *folder, const char *path, gsize max,
                          char **content, gsize *len, HetFileId *id,
                          GError **error);

#endif
