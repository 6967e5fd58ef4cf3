/*
 * The same work on several processors at once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_PARALLEL_H
#define HET_PARALLEL_H

#include "domain/defined.h"

typedef gboolean HetParallelFunc(HetPart *part, void *opaque, GError **error);

/*
 * Runs @func for every part of @parts, in threads of their own as far as such
 * can be had, the rest in turn, and waits for all.  FALSE with the error of the first part, in their order, that failed.
 */
gboolean het_parallel_run(GPtrArray *parts, HetParallelFunc *func, void *opaque,
                          GError **error);

#endif
