/*
 * The platform memory of a SoC: one POSIX shared memory segment
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/segment-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "util/error.h"

#define PLATFORM "platform memory"
/* What kernel, initrd and firmware take, and a bit more */
#define DEMAND_ROOM (G_GUINT64_CONSTANT(64) << 20)

struct HetSegment {
    int fd;
    guint64 size;
    HetDemandMap *demand;       /* NULL: all of it is reserved */
};

char *het_segment_new_path(const HetPlace *place, const char *soc)
{
    g_autofree char *id = g_uuid_string_random();

    return g_strdup_printf("%s/hetctl-%s-%s", place->segments, soc, id);
}

char *het_segment_any_path(const char *soc)
{
    const HetPlace place = { .segments = (char *)SHM_FOLDER };

    return het_segment_new_path(&place, soc);
}

gboolean het_segment_is_path(const char *path)
{
    return g_regex_match_simple("^" SHM_FOLDER "/(hetctl\\.[-0-9a-f]+/)?"
                                "hetctl-[-A-Za-z0-9._+]+$", path,
                                G_REGEX_DOLLAR_ENDONLY, 0);
}

static char *size_text(guint64 size)
{
    return g_strdup_printf("%.1f MiB", size / (double)(1 << 20));
}

static void set_no_space(int fd, const char *what, guint64 size,
                         GError **error)
{
    g_autofree char *need = size_text(size);
    g_autofree char *have = NULL;
    struct statvfs fs;

    if (fstatvfs(fd, &fs) == 0) {
        have = size_text((guint64)fs.f_bavail * fs.f_frsize);
    }
    g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                "%s needs %s, " SHM_FOLDER " has %s free; free some, or "
                "enlarge it with 'mount -o remount,size=SIZE " SHM_FOLDER "'",
                what, need, have ?: "less");
}

/* A tmpfs that would have to fill up first does not need to. */
static gboolean has_room(int fd, guint64 size)
{
    struct statvfs fs;

    return fstatvfs(fd, &fs) < 0 || fs.f_blocks == 0 ||
           (guint64)fs.f_bavail * fs.f_frsize >= size;
}

static gboolean reserve(int fd, const char *what, guint64 size,
                        GError **error)
{
    int ret;

    if (!has_room(fd, size)) {
        set_no_space(fd, what, size, error);
        return FALSE;
    }
    do {
        ret = posix_fallocate(fd, 0, size);
    } while (ret == EINTR);
    if (ret == ENOSPC) {
        set_no_space(fd, what, size, error);
        return FALSE;
    }
    if (ret) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot reserve %" G_GUINT64_FORMAT " bytes of %s: %s",
                    size, what, g_strerror(ret));
        return FALSE;
    }
    return TRUE;
}

static HetSegment *segment_new(int fd, guint64 size)
{
    HetSegment *segment = g_new0(HetSegment, 1);

    segment->fd = fd;
    segment->size = size;
    return segment;
}

static gboolean set_size(int fd, const char *what, guint64 size, guint64 room,
                         GError **error)
{
    if (!has_room(fd, room)) {
        set_no_space(fd, what, room, error);
        return FALSE;
    }
    if (ftruncate(fd, size) < 0) {
        int saved = errno;

        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot make %" G_GUINT64_FORMAT " bytes of %s: %s",
                    size, what, g_strerror(saved));
        return FALSE;
    }
    return TRUE;
}

HetSegment *het_segment_create_as(const char *what, const char *path,
                                  guint64 size, guint64 room,
                                  const HetAccess *access, GError **error)
{
    g_autoptr(HetSegment) segment = NULL;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int saved = errno;

    if (fd < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot create %s '%s': %s", what, path,
                    g_strerror(saved));
        return NULL;
    }
    segment = segment_new(fd, size);
    if (het_access_grant(fd, access, error) &&
        (room ? set_size(fd, what, size, room, error)
              : reserve(fd, what, size, error))) {
        return g_steal_pointer(&segment);
    }
    unlink(path);
    return NULL;
}

HetSegment *het_segment_create(const char *path, guint64 size,
                               const HetAccess *access, GError **error)
{
    return het_segment_create_as(PLATFORM, path, size, size, access, error);
}

HetSegment *het_segment_create_on_demand(const char *path, guint64 size,
                                         const HetAccess *access,
                                         GError **error)
{
    /* What it takes to begin with, as it is to come when it is used */
    return het_segment_create_as(PLATFORM, path, size,
                                 MIN(size, DEMAND_ROOM), access, error);
}

gboolean het_segment_reserve(const HetSegment *segment, guint64 offset,
                             guint64 size, GError **error)
{
    int ret;

    do {
        ret = fallocate(segment->fd, FALLOC_FL_KEEP_SIZE, offset, size);
    } while (ret < 0 && errno == EINTR);
    if (ret < 0) {
        set_no_space(segment->fd, PLATFORM, size, error);
    }
    return ret == 0;
}

gboolean het_segment_clear(const HetSegment *segment, GError **error)
{
    int saved;

    if (fallocate(segment->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                  segment->size) == 0) {
        return TRUE;
    }
    saved = errno;
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "cannot clear the "
                PLATFORM ": %s", g_strerror(saved));
    return FALSE;
}

void het_segment_set_demand(HetSegment *segment, HetDemandMap *demand)
{
    segment->demand = demand;
}

gboolean het_segment_require(const HetSegment *segment, guint64 offset,
                             guint64 size, GError **error)
{
    return !segment->demand ||
           het_demand_map_fill(segment->demand, segment->fd, offset, size,
                               error);
}

gboolean het_segment_require_image(const HetSegment *segment, GError **error)
{
    return !segment->demand ||
           het_demand_map_fill_image(segment->demand, segment->fd, error);
}

static char *identity_of(const struct stat *st)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
                           (guint64)st->st_dev, (guint64)st->st_ino);
}

/* It is not the SoC's as it is defined, or not that with which it started. */
static gboolean check(int fd, const char *what, const char *path,
                      guint64 size, const char *identity, GError **error)
{
    g_autofree char *now = NULL;
    struct stat st;

    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "%s '%s' is no file", what, path);
        return FALSE;
    }
    now = identity_of(&st);
    if (identity && strcmp(identity, now)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "%s '%s' is not the file that the soc has started with: "
                    "somebody has replaced it", what, path);
        return FALSE;
    }
    if ((guint64)st.st_size != size) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "%s '%s' has %" G_GUINT64_FORMAT " bytes, not the %"
                    G_GUINT64_FORMAT " of the soc: %s", what, path,
                    (guint64)st.st_size, size, identity
                    ? "somebody has changed it" : "it is left over");
        return FALSE;
    }
    return TRUE;
}

HetSegment *het_segment_open_as(const char *what, const char *path,
                                guint64 size, const char *identity,
                                GError **error)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int saved = errno;

    if (fd < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot open %s '%s': %s", what, path, g_strerror(saved));
        return NULL;
    }
    if (!check(fd, what, path, size, identity, error)) {
        close(fd);
        return NULL;
    }
    return segment_new(fd, size);
}

HetSegment *het_segment_open(const char *path, guint64 size,
                             const char *identity, GError **error)
{
    return het_segment_open_as(PLATFORM, path, size, identity, error);
}

void het_segment_free(HetSegment *segment)
{
    if (segment) {
        close(segment->fd);
        g_clear_pointer(&segment->demand, het_demand_map_free);
        g_free(segment);
    }
}

int het_segment_get_fd(const HetSegment *segment)
{
    return segment->fd;
}

guint64 het_segment_get_size(const HetSegment *segment)
{
    return segment->size;
}

char *het_segment_identity(const HetSegment *segment)
{
    struct stat st;

    return fstat(segment->fd, &st) == 0 ? identity_of(&st) : NULL;
}

/*
 * In a folder that everybody may write, another user's file is none of ours.
 * Root can tell by nothing, and needs not: it can remove it.
 */
static gboolean is_foreign(const char *path, const struct stat *st)
{
    g_autofree char *folder = g_path_get_dirname(path);
    struct stat parent;

    return !S_ISREG(st->st_mode) ||
           (geteuid() != 0 && st->st_uid != geteuid() &&
            stat(folder, &parent) == 0 && (parent.st_mode & S_ISVTX));
}

gboolean het_segment_exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && !is_foreign(path, &st);
}

guint64 het_segment_size_now(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : 0;
}

gboolean het_segment_is_free(const char *path)
{
    struct stat st;

    return lstat(path, &st) < 0 && errno == ENOENT;
}

gboolean het_segment_remove_as(const char *what, const char *path,
                               GError **error)
{
    int saved;

    if (!het_segment_exists(path) || unlink(path) == 0 || errno == ENOENT) {
        return TRUE;
    }
    saved = errno;
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "cannot remove %s '%s': %s", what, path, g_strerror(saved));
    return FALSE;
}

gboolean het_segment_remove(const char *path, GError **error)
{
    return het_segment_remove_as(PLATFORM, path, error);
}
