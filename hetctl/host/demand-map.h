/*
 * Which parts of the memory of a SoC are there, when not all of it is reserved
 *
 * A part that is not is zero, or as an image has it that other SoCs share, and
 * comes when a processor, or hetctl, first uses it.  The map is shared by
 * hetctl and the emulators; its layout is that of include/hw/het/
 * memory-demand.h in the patched QEMU.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEMAND_MAP_H
#define HET_DEMAND_MAP_H

#include <glib.h>

/* What comes at once */
#define HET_DEMAND_GRANULE 16384u
/* Bytes that each emulator keeps for what cannot wait */
#define HET_DEMAND_RESERVE (256u << 10)

typedef struct HetDemandMap HetDemandMap;

/* Bytes of the file for @memory bytes and so many emulators */
guint64 het_demand_map_size(guint64 memory, guint processors);
/* @fd: all zeroes. Nothing is there, all is to be zero. */
gboolean het_demand_map_format(int fd, guint64 memory, GError **error);
/* What @image, a file of @memory bytes, has is to be as there. */
gboolean het_demand_map_set_image(int fd, guint64 memory, int image,
                                  GError **error);

/*
 * Takes both files, -1: there is no image; @memory: bytes.
 * Errors: HET_ERROR_STATE when @fd is no such map
 */
HetDemandMap *het_demand_map_new(int fd, int image, guint64 memory,
                                 GError **error);
void het_demand_map_free(HetDemandMap *map);

/*
 * [offset, offset + size) of @memory, the file, is there afterwards. Errors:
 * HET_ERROR_RESOURCE when the host has no memory for it
 */
gboolean het_demand_map_fill(HetDemandMap *map, int memory, guint64 offset,
                             guint64 size, GError **error);
/* The same for all that comes from the image */
gboolean het_demand_map_fill_image(HetDemandMap *map, int memory,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetDemandMap, het_demand_map_free)

#endif
