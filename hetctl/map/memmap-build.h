/*
 * The memory map of a SoC, made of its model
 *
 *   g_autoptr(HetMemmap) map = het_memmap_new(soc, NULL, &error);
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_MEMMAP_BUILD_H
#define HET_MEMMAP_BUILD_H

#include "map/memmap.h"

/*
 * @shown: HetProcessor, in this order; NULL: all, the master first.
 * @soc has been validated and outlives the map.
 */
HetMemmap *het_memmap_new(const HetSoc *soc, const GPtrArray *shown,
                          GError **error);

#endif
