/*
 * Platform memory of a defined SoC that comes when it is first used
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/demand-memory.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "host/beside-file.h"
#include "util/error.h"

/* No processor's name begins with a dot. */
#define MAP_NAME ".map"
#define IMAGE_NAME ".image"
#define MAP "map of the platform memory"
#define IMAGE "image of the platform memory"

gboolean het_demand_memory_wanted(const HetSoc *soc)
{
    for (guint i = 0; i < soc->memories->len; i++) {
        const HetMemory *memory = g_ptr_array_index(soc->memories, i);

        if (!memory->is_reserved) {
            return TRUE;
        }
    }
    return FALSE;
}

/* There may be a domain of a processor that the XML does not know. */
static guint64 map_size(const HetDefined *defined)
{
    return het_demand_map_size(het_soc_segment_size(defined->soc),
                               1 + defined->soc->slaves->len);
}

static gboolean reserve(const HetSoc *soc, const HetSegment *segment,
                        GError **error)
{
    for (guint i = 0; i < soc->memories->len; i++) {
        const HetMemory *memory = g_ptr_array_index(soc->memories, i);

        if (memory->is_reserved &&
            !het_segment_reserve(segment, het_soc_memory_offset(soc, memory),
                                 memory->size, error)) {
            g_prefix_error(error, "memory '%s': ", memory->name);
            return FALSE;
        }
    }
    return TRUE;
}

/* By another file description: locks are of that. */
static int open_again(const HetSegment *file, int flags, GError **error)
{
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d",
                                            het_segment_get_fd(file));
    int fd = open(path, flags | O_CLOEXEC);
    int saved = errno;

    if (fd < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot open the " MAP " or its image again: %s",
                    g_strerror(saved));
    }
    return fd;
}

static HetSegment *open_image(const HetDefined *defined, GError **error)
{
    return het_beside_file_open(IMAGE, defined->segment, IMAGE_NAME,
                                het_soc_segment_size(defined->soc),
                                defined->image, error);
}

static gboolean add_image(HetDefined *defined, const HetSegment *map,
                          int image, GError **error)
{
    g_autoptr(HetSegment) file = NULL;

    if (!het_beside_file_link(IMAGE, defined->segment, IMAGE_NAME, image,
                              error)) {
        return FALSE;
    }
    file = open_image(defined, error);
    defined->image = file ? het_segment_identity(file) : NULL;
    return defined->image &&
           het_demand_map_set_image(het_segment_get_fd(map),
                                    het_soc_segment_size(defined->soc), image,
                                    error);
}

gboolean het_demand_memory_create(HetDefined *defined, HetSegment *segment,
                                  int image, const HetAccess *access,
                                  GError **error)
{
    g_autoptr(HetSegment) map = NULL;

    g_clear_pointer(&defined->demand, g_free);
    g_clear_pointer(&defined->image, g_free);
    if (image < 0 && !reserve(defined->soc, segment, error)) {
        return FALSE;
    }
    map = het_beside_file_create(MAP, defined->segment, MAP_NAME,
                                 map_size(defined), access, error);
    if (!map ||
        !het_demand_map_format(het_segment_get_fd(map),
                               het_segment_get_size(segment), error) ||
        (image >= 0 && !add_image(defined, map, image, error))) {
        return FALSE;
    }
    defined->demand = het_segment_identity(map);
    return het_demand_memory_open(defined, segment, error);
}

gboolean het_demand_memory_open_files(const HetDefined *defined, int *map,
                                      int *image, GError **error)
{
    g_autoptr(HetSegment) map_file =
        het_beside_file_open(MAP, defined->segment, MAP_NAME,
                             map_size(defined), defined->demand, error);
    g_autoptr(HetSegment) image_file =
        map_file && defined->image ? open_image(defined, error) : NULL;

    if (!map_file || (defined->image && !image_file)) {
        return FALSE;
    }
    *image = -1;
    *map = open_again(map_file, O_RDWR, error);
    if (*map < 0) {
        return FALSE;
    }
    if (image_file) {
        *image = open_again(image_file, O_RDONLY, error);
        if (*image < 0) {
            close(*map);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean het_demand_memory_open(const HetDefined *defined,
                                HetSegment *segment, GError **error)
{
    HetDemandMap *demand;
    int map, image;

    if (!defined->demand) {
        return TRUE;
    }
    if (!het_demand_memory_open_files(defined, &map, &image, error)) {
        return FALSE;
    }
    demand = het_demand_map_new(map, image, het_segment_get_size(segment),
                                error);
    if (demand) {
        het_segment_set_demand(segment, demand);
    }
    return demand != NULL;
}
