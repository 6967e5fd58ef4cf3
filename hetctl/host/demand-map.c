/*
 * Which parts of the memory of a SoC are there, when not all of it is reserved
 *
 * The file is read and written, not mapped: cut short by somebody it would end
 * hetctl.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/demand-map.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util/error.h"
#include "util/write-all.h"

#define MAP_MAGIC 0x4d544548u
#define MAP_VERSION 1
#define STATES 4096
#define PAGE 4096

enum {
    STATE_ZERO,
    STATE_IMAGE,
    STATE_PRESENT,
};

typedef struct {
    guint32 magic;
    guint32 version;
    guint32 granule;
    guint32 reserve;
    guint64 size;
} Header;

struct HetDemandMap {
    int fd;
    int image;
    guint64 size;
    GMutex lock;                /* the file's keeps other processes out */
};

static guint64 granules(guint64 memory)
{
    return memory / HET_DEMAND_GRANULE + (memory % HET_DEMAND_GRANULE != 0);
}

static guint64 reserves_at(guint64 memory)
{
    guint64 end = STATES + granules(memory);

    return (end + PAGE - 1) / PAGE * PAGE;
}

guint64 het_demand_map_size(guint64 memory, guint processors)
{
    return reserves_at(memory) + (guint64)processors * HET_DEMAND_RESERVE;
}

static gboolean fail(GError **error, int code, const char *what)
{
    g_set_error(error, HET_ERROR, code == ENOSPC || code == ENOMEM
                ? HET_ERROR_RESOURCE : HET_ERROR_FAILED, "%s: %s", what,
                code == ENOSPC ? "the host has no memory left for it"
                               : g_strerror(code));
    return FALSE;
}

static gboolean write_at(int fd, const void *data, gsize size, guint64 at,
                         GError **error)
{
    int code = het_write_at(fd, data, size, at);

    return !code ||
           fail(error, code, "cannot write the platform memory or its map");
}

static gboolean read_at(int fd, void *data, gsize size, guint64 at,
                        GError **error)
{
    int code = het_read_at(fd, data, size, at);

    return !code ||
           fail(error, code, "cannot read the map of the platform memory, or "
                "its image");
}

gboolean het_demand_map_format(int fd, guint64 memory, GError **error)
{
    const Header header = {
        .magic = MAP_MAGIC, .version = MAP_VERSION,
        .granule = HET_DEMAND_GRANULE, .reserve = HET_DEMAND_RESERVE, .size = memory,
    };

    return write_at(fd, &header, sizeof(header), 0, error);
}

gboolean het_demand_map_set_image(int fd, guint64 memory, int image,
                                  GError **error)
{
    guint64 count = granules(memory);
    g_autofree guint8 *states = g_malloc0(count);
    off_t data = 0;

    while ((data = lseek(image, data, SEEK_DATA)) >= 0) {
        off_t hole = lseek(image, data, SEEK_HOLE);
        guint64 end = hole < 0 ? memory : MIN((guint64)hole, memory);

        for (guint64 g = data / HET_DEMAND_GRANULE;
             g < count && g * HET_DEMAND_GRANULE < end; g++) {
            states[g] = STATE_IMAGE;
        }
        data = end;
        if (end >= memory) {
            break;
        }
    }
    if (data < 0 && errno != ENXIO) {
        return fail(error, errno, "cannot look through the image of the "
                    "platform memory");
    }
    return write_at(fd, states, count, STATES, error);
}

HetDemandMap *het_demand_map_new(int fd, int image, guint64 memory,
                                 GError **error)
{
    g_autoptr(HetDemandMap) map = g_new0(HetDemandMap, 1);
    Header header;

    g_mutex_init(&map->lock);
    map->fd = fd;
    map->image = image;
    map->size = memory;
    if (!read_at(fd, &header, sizeof(header), 0, error)) {
        return NULL;
    }
    if (header.magic != MAP_MAGIC || header.version != MAP_VERSION ||
        header.granule != HET_DEMAND_GRANULE || header.size != memory) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "the map of the platform memory is damaged, or of "
                    "another hetctl");
        return NULL;
    }
    return g_steal_pointer(&map);
}

void het_demand_map_free(HetDemandMap *map)
{
    if (map) {
        close(map->fd);
        if (map->image >= 0) {
            close(map->image);
        }
        g_mutex_clear(&map->lock);
        g_free(map);
    }
}

/* Filling */

static gboolean lock_granule(const HetDemandMap *map, guint64 granule,
                             short type, GError **error)
{
    struct flock lock = {
        .l_type = type, .l_whence = SEEK_SET, .l_start = STATES + granule,
        .l_len = 1,
    };
    int ret;

    do {
        ret = fcntl(map->fd, F_OFD_SETLKW, &lock);
    } while (ret < 0 && errno == EINTR);
    return ret == 0 ||
           fail(error, errno, "cannot lock the map of the platform memory");
}

static gboolean copy_granule(const HetDemandMap *map, int memory,
                             guint64 offset, gsize length, GError **error)
{
    guint8 data[HET_DEMAND_GRANULE];

    return read_at(map->image, data, length, offset, error) &&
           write_at(memory, data, length, offset, error);
}

static gboolean reserve_granule(int memory, guint64 offset, guint64 length,
                                GError **error)
{
    int ret;

    do {
        ret = fallocate(memory, FALLOC_FL_KEEP_SIZE, offset, length);
    } while (ret < 0 && errno == EINTR);
    return ret == 0 || fail(error, errno, "platform memory");
}

static gboolean fill_locked(const HetDemandMap *map, int memory,
                            guint64 granule, GError **error)
{
    static const guint8 present = STATE_PRESENT;
    guint64 offset = granule * HET_DEMAND_GRANULE;
    guint64 length = MIN(HET_DEMAND_GRANULE, map->size - offset);
    guint8 state;

    if (!read_at(map->fd, &state, 1, STATES + granule, error)) {
        return FALSE;
    }
    if (state == STATE_PRESENT) {
        return TRUE;
    }
    if (state == STATE_IMAGE && map->image < 0) {
        return fail(error, EINVAL, "the platform memory has no image");
    }
    return (state == STATE_IMAGE
            ? copy_granule(map, memory, offset, length, error)
            : reserve_granule(memory, offset, length, error)) &&
           write_at(map->fd, &present, 1, STATES + granule, error);
}

static gboolean fill(HetDemandMap *map, int memory, guint64 granule,
                     GError **error)
{
    gboolean ok;

    g_mutex_lock(&map->lock);
    ok = lock_granule(map, granule, F_WRLCK, error);
    if (ok) {
        ok = fill_locked(map, memory, granule, error);
        lock_granule(map, granule, F_UNLCK, NULL);
    }
    g_mutex_unlock(&map->lock);
    return ok;
}

static gboolean fill_all(HetDemandMap *map, int memory, guint64 first,
                         guint64 end, gboolean only_image, GError **error)
{
    guint8 states[STATES];

    while (first < end) {
        gsize n = MIN(end - first, sizeof(states));

        if (!read_at(map->fd, states, n, STATES + first, error)) {
            return FALSE;
        }
        for (gsize i = 0; i < n; i++) {
            if (states[i] != STATE_PRESENT &&
                (!only_image || states[i] == STATE_IMAGE) &&
                !fill(map, memory, first + i, error)) {
                return FALSE;
            }
        }
        first += n;
    }
    return TRUE;
}

gboolean het_demand_map_fill(HetDemandMap *map, int memory, guint64 offset,
                             guint64 size, GError **error)
{
    if (size == 0 || offset >= map->size) {
        return TRUE;
    }
    size = MIN(size, map->size - offset);
    return fill_all(map, memory, offset / HET_DEMAND_GRANULE,
                    granules(offset + size), FALSE, error);
}

gboolean het_demand_map_fill_image(HetDemandMap *map, int memory,
                                   GError **error)
{
    return fill_all(map, memory, 0, granules(map->size), TRUE, error);
}
