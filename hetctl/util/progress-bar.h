/*
 * A bar for many equal steps, with their rate, on a terminal
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_PROGRESS_BAR_H
#define HET_PROGRESS_BAR_H

#include <glib.h>

typedef struct HetProgressBar HetProgressBar;

/*
 * @total 0: nobody knows.  NULL when @quiet or when stderr is no terminal;
 * the other functions take that.
 */
HetProgressBar *het_progress_bar_new(const char *title, guint total,
                                     gboolean quiet);
void het_progress_bar_set(HetProgressBar *bar, guint done, guint failed);
/* Clears its line */
void het_progress_bar_free(HetProgressBar *bar);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetProgressBar, het_progress_bar_free)

#endif
