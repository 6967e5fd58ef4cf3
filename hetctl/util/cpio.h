/*
 * Writing a cpio archive of the kind that Linux takes as initramfs ("newc")
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CPIO_H
#define HET_CPIO_H

#include <glib.h>

/* What a header has room for */
#define HET_CPIO_SIZE_MAX G_MAXUINT32

typedef struct HetCpio HetCpio;

/* The archive begins where @fd is, which is a multiple of 4 in the file. */
HetCpio *het_cpio_new(int fd);
void het_cpio_free(HetCpio *cpio);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetCpio, het_cpio_free)

/* @name "lib/": what is there may also be a link to a folder. */
gboolean het_cpio_add_folder(HetCpio *cpio, const char *name, GError **error);
/* Copies @path. Errors: messages with @path. */
gboolean het_cpio_add_file(HetCpio *cpio, const char *name, const char *path,
                           GError **error);
gboolean het_cpio_finish(HetCpio *cpio, GError **error);

/* Copies all of @path to @fd, and zeroes up to a multiple of 4. */
gboolean het_cpio_copy_archive(int fd, const char *path, GError **error);

#endif
