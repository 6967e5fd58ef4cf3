/*
 * A bar for many equal steps, with their rate, on a terminal
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_BAR_H
#define HET_BAR_H

#include <glib.h>

typedef struct HetBar HetBar;

/*
 * @total 0: nobody knows.  NULL when @quiet or when stderr is no terminal;
 * the other functions take that.
 */
HetBar *het_bar_new(const char *title, guint total, gboolean quiet);
void het_bar_set(HetBar *bar, guint done, guint failed);
/* Clears its line */
void het_bar_free(HetBar *bar);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetBar, het_bar_free)

#endif
