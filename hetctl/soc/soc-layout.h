/*
 * Where what the model names lies for one processor
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SOC_LAYOUT_H
#define HET_SOC_LAYOUT_H

#include "soc/soc.h"

/*
 * The map of @proc through which it sees the whole @region: of the master the
 * one that gives the region's address if it has one. NULL: there is none.
 */
const HetMap *het_region_find_map(const HetSoc *soc,
                                  const HetProcessor *proc,
                                  const HetRegion *region);
/* Where @map shows the byte @offset of its memory. */
guint64 het_map_translate(const HetMap *map, guint64 offset);

/*
 * HetTranslation; the first that holds an address is the one that counts.
 * Where the master's view of a memory has the slave's address, these two
 * views belong together.
 */
GArray *het_soc_get_translations(const HetSoc *soc,
                                 const HetProcessor *slave);

#endif
