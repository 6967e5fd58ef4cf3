/*
 * A log that another process writes, and rotates: NAME becomes NAME.0, that
 * NAME.1, and so on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_LOG_TAIL_H
#define HET_LOG_TAIL_H

#include <glib.h>

typedef struct HetLogTail HetLogTail;

/* Gets bytes; @modified: when the file was written last, in microseconds */
typedef void HetLogTailFunc(gpointer opaque, const char *bytes, gsize size,
                            gint64 modified);

/*
 * From its end on, or with all that older files hold. That it is not there yet
 * is no error. Errors: HET_ERROR_FAILED, it is no file or may not be read
 */
HetLogTail *het_log_tail_new(const char *path, gboolean from_end,
                             GError **error);
void het_log_tail_free(HetLogTail *tail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetLogTail, het_log_tail_free)

/* What has come since; nothing is lost as long as its file is still there. */
gboolean het_log_tail_read(HetLogTail *tail, HetLogTailFunc *func,
                           gpointer opaque, GError **error);

#endif
