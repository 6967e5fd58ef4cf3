/*
 * The same work on several processors at once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_EACH_H
#define HET_EACH_H

#include "domain/defined.h"

typedef gboolean HetEachFunc(HetPart *part, void *opaque, GError **error);

/*
 * Runs @func for every part of @parts in a thread of its own, and waits for
 * all.  FALSE with the error of the first part, in their order, that failed.
 */
gboolean het_each(GPtrArray *parts, HetEachFunc *func, void *opaque,
                  GError **error);

#endif
