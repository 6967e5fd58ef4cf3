/*
 * The overlay as a file, which is there while the SoC starts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/overlay-file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "host/segment.h"
#include "util/error.h"

char *het_overlay_file_path(const char *soc)
{
    g_autofree char *segment = het_segment_path(soc);

    return g_strconcat(segment, ".dtbo", NULL);
}

static gboolean fill(int fd, GBytes *overlay, guint uid, guint gid)
{
    gsize size;
    const char *data = g_bytes_get_data(overlay, &size);

    while (size) {
        ssize_t n = write(fd, data, size);

        if (n < 0 && errno != EINTR) {
            return FALSE;
        }
        if (n > 0) {
            data += n;
            size -= n;
        }
    }
    return uid == G_MAXUINT || fchown(fd, uid, gid) == 0;
}

gboolean het_overlay_file_write(const char *soc, GBytes *overlay, guint uid,
                                guint gid, GError **error)
{
    g_autofree char *path = het_overlay_file_path(soc);
    gboolean ok;
    int saved;
    int fd;

    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ok = fd >= 0 && fill(fd, overlay, uid, gid);
    saved = errno;
    if (fd >= 0) {
        close(fd);
    }
    if (ok) {
        return TRUE;
    }
    if (fd >= 0) {
        unlink(path);
    }
    g_set_error(error, HET_ERROR,
                saved == ENOSPC ? HET_ERROR_RESOURCE : HET_ERROR_FAILED,
                "cannot write the device tree overlay '%s': %s", path,
                g_strerror(saved));
    return FALSE;
}

gboolean het_overlay_file_exists(const char *soc)
{
    g_autofree char *path = het_overlay_file_path(soc);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

gboolean het_overlay_file_remove(const char *soc, GError **error)
{
    g_autofree char *path = het_overlay_file_path(soc);

    if (unlink(path) < 0 && errno != ENOENT) {
        int saved = errno;

        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot remove the device tree overlay '%s': %s", path,
                    g_strerror(saved));
        return FALSE;
    }
    return TRUE;
}
