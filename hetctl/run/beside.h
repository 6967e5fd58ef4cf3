/*
 * One piece of work beside another
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_BESIDE_H
#define HET_BESIDE_H

#include <glib.h>

typedef struct HetBeside HetBeside;
typedef gboolean HetBesideFunc(void *opaque, GError **error);

/* Begins @func, in a thread of its own; at once if none can be had. */
HetBeside *het_beside_begin(HetBesideFunc *func, void *opaque);

/*
 * Waits for it.  @ok, @error: how the other work went.  Both have to go well;
 * if both failed the error is that of what was begun first, as it may be what
 * the other one died of.
 */
gboolean het_beside_end(HetBeside *beside, gboolean ok, GError **error);

#endif
