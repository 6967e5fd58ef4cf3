/*
 * The platform memory of a SoC: one POSIX shared memory segment
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "util/error.h"

#define SHM_FOLDER "/dev/shm"

struct HetSegment {
    int fd;
    guint64 size;
};

static char *shm_name(const char *soc)
{
    return g_strdup_printf("/hetctl-%s-%u", soc, (unsigned)geteuid());
}

char *het_segment_path(const char *soc)
{
    g_autofree char *name = shm_name(soc);

    return g_strconcat(SHM_FOLDER, name, NULL);
}

static char *size_text(guint64 size)
{
    return g_strdup_printf("%.1f MiB", size / (double)(1 << 20));
}

static void set_no_space(int fd, guint64 size, GError **error)
{
    g_autofree char *need = size_text(size);
    g_autofree char *have = NULL;
    struct statvfs fs;

    if (fstatvfs(fd, &fs) == 0) {
        have = size_text((guint64)fs.f_bavail * fs.f_frsize);
    }
    g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                "platform memory needs %s, " SHM_FOLDER " has %s free; free "
                "some, or enlarge it with 'mount -o remount,size=SIZE "
                SHM_FOLDER "'", need, have ?: "less");
}

/* A tmpfs that would have to fill up first does not need to. */
static gboolean has_room(int fd, guint64 size)
{
    struct statvfs fs;

    return fstatvfs(fd, &fs) < 0 || fs.f_blocks == 0 ||
           (guint64)fs.f_bavail * fs.f_frsize >= size;
}

static gboolean reserve(int fd, guint64 size, GError **error)
{
    int ret;

    if (!has_room(fd, size)) {
        set_no_space(fd, size, error);
        return FALSE;
    }
    do {
        ret = posix_fallocate(fd, 0, size);
    } while (ret == EINTR);
    if (ret == ENOSPC) {
        set_no_space(fd, size, error);
        return FALSE;
    }
    if (ret) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot reserve %" G_GUINT64_FORMAT " bytes of platform "
                    "memory: %s", size, g_strerror(ret));
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

HetSegment *het_segment_create(const char *soc, guint64 size, GError **error)
{
    g_autofree char *name = shm_name(soc);
    g_autoptr(HetSegment) segment = NULL;
    int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int saved = errno;

    if (fd < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot create platform memory '" SHM_FOLDER "%s': %s",
                    name, g_strerror(saved));
        return NULL;
    }
    segment = segment_new(fd, size);
    if (!reserve(fd, size, error)) {
        shm_unlink(name);
        return NULL;
    }
    return g_steal_pointer(&segment);
}

/* What has another size is not that of the SoC as it is defined. */
static gboolean check_size(const HetSegment *segment, const char *soc,
                           guint64 size, GError **error)
{
    g_autofree char *path = het_segment_path(soc);
    struct stat st;

    if (fstat(segment->fd, &st) == 0 && S_ISREG(st.st_mode) &&
        (guint64)st.st_size == size) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                "platform memory '%s' is not the %" G_GUINT64_FORMAT " bytes "
                "of the soc, but left over; 'hetctl destroy %s' removes it",
                path, size, soc);
    return FALSE;
}

HetSegment *het_segment_open(const char *soc, guint64 size, GError **error)
{
    g_autofree char *name = shm_name(soc);
    g_autoptr(HetSegment) segment = NULL;
    int fd = shm_open(name, O_RDWR | O_CLOEXEC, 0);
    int saved = errno;

    if (fd < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot open platform memory '" SHM_FOLDER "%s': %s",
                    name, g_strerror(saved));
        return NULL;
    }
    segment = segment_new(fd, size);
    return check_size(segment, soc, size, error) ? g_steal_pointer(&segment)
                                                 : NULL;
}

void het_segment_free(HetSegment *segment)
{
    if (segment) {
        close(segment->fd);
        g_free(segment);
    }
}

gboolean het_segment_set_owner(HetSegment *segment, guint uid, guint gid,
                               GError **error)
{
    if (fchown(segment->fd, uid, gid) < 0) {
        int saved = errno;

        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot give the platform memory to user %u, whom the "
                    "emulators run as: %s", uid, g_strerror(saved));
        return FALSE;
    }
    return TRUE;
}

int het_segment_get_fd(const HetSegment *segment)
{
    return segment->fd;
}

guint64 het_segment_get_size(const HetSegment *segment)
{
    return segment->size;
}

gboolean het_segment_exists(const char *soc)
{
    g_autofree char *path = het_segment_path(soc);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

gboolean het_segment_remove(const char *soc, GError **error)
{
    g_autofree char *name = shm_name(soc);

    if (shm_unlink(name) < 0 && errno != ENOENT) {
        int saved = errno;

        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot remove platform memory '" SHM_FOLDER "%s': %s",
                    name, g_strerror(saved));
        return FALSE;
    }
    return TRUE;
}
