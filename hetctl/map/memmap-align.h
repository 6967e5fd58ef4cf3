/*
 * The memory map of a SoC: which blocks stand in one row
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_MEMMAP_ALIGN_H
#define HET_MEMMAP_ALIGN_H

#include "map/memmap.h"

/* Gives each block of the columns that are shown its row. */
void het_memmap_align(HetMemmap *map);

#endif
