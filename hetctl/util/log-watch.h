/*
 * Which of several logs is written, in the order in which they are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_LOG_WATCH_H
#define HET_LOG_WATCH_H

#include <glib.h>

typedef struct HetLogWatch HetLogWatch;

/* The log at @index, in the order of het_log_watch_add(), was written. */
typedef void HetLogWatchFunc(guint index, gpointer opaque);

/* That the host can watch nothing is no error: het_log_watch_wait() waits. */
HetLogWatch *het_log_watch_new(void);
void het_log_watch_free(HetLogWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetLogWatch, het_log_watch_free)

/* It need not be there yet, and may be rotated. */
void het_log_watch_add(HetLogWatch *watch, const char *path);

/* Until one is written, a signal comes, or @ms are over; TRUE: the first */
gboolean het_log_watch_wait(HetLogWatch *watch, guint ms,
                            HetLogWatchFunc *func, gpointer opaque);

#endif
