/*
 * Building a HetMemmap: each function adds something to its owner
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_MEMMAP_INTERNAL_H
#define HET_MEMMAP_INTERNAL_H

#include "map/memmap.h"

/* For HetMemmapColumn */
GPtrArray *het_memmap_columns_new(void);
HetMemmapColumn *het_memmap_column_new(const HetProcessor *proc);
HetMemmapBlock *het_memmap_add_block(HetMemmapColumn *column,
                                     HetBlockKind kind, const char *name,
                                     guint64 address, guint64 size);
/* Takes @name. */
HetMemmapPart *het_memmap_add_part(HetMemmapBlock *block, const char *kind,
                                   char *name, guint64 address, guint64 size);

#endif
