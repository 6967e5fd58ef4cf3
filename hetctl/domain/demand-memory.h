/*
 * Platform memory of a defined SoC that comes when it is first used
 *
 * Beside the segment lie the map of what is there, and, for a SoC that goes on
 * from where others do, a name of the image that they share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEMAND_MEMORY_H
#define HET_DEMAND_MEMORY_H

#include "domain/defined.h"
#include "host/access.h"
#include "host/segment.h"

/* Does its XML want it? */
gboolean het_demand_memory_wanted(const HetSoc *soc);

/*
 * For @segment, which is on demand and takes the map. What the XML wants to be
 * reserved is, unless there is an image: a file of its size; -1: none. Sets
 * demand and image of @defined.
 */
gboolean het_demand_memory_create(HetDefined *defined, HetSegment *segment,
                                  int image, const HetAccess *access,
                                  GError **error);

/* Of @defined, for @segment; does nothing where all is reserved. */
gboolean het_demand_memory_open(const HetDefined *defined,
                                HetSegment *segment, GError **error);

/* To be given to an emulator: the map, and the image or -1, only to be read */
gboolean het_demand_memory_open_files(const HetDefined *defined, int *map,
                                      int *image, GError **error);

#endif
