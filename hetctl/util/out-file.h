/*
 * A file that a command writes its result to, where the user wants it
 *
 * As cp does: what is behind a link is written, not the link; a device or a
 * pipe is written to and stays what it is; "-" is standard output. A regular
 * file is replaced at once by het_out_file_commit(), with its mode, and until
 * then nothing is changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_OUT_FILE_H
#define HET_OUT_FILE_H

#include <glib.h>

typedef struct HetOutFile HetOutFile;

HetOutFile *het_out_file_open(const char *path, GError **error);
/* Empty, to be written and read at any offset */
int het_out_file_get_fd(const HetOutFile *out);
gboolean het_out_file_commit(HetOutFile *out, GError **error);
/* Without a commit nothing has happened. */
void het_out_file_free(HetOutFile *out);

/* All of it for a result that is in memory */
gboolean het_out_file_write(const char *path, gconstpointer data, gsize size,
                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetOutFile, het_out_file_free)

#endif
