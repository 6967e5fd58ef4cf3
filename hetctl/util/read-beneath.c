/*
 * Reading files that lie below a folder, and no others
 *
 * What has been opened is asked for its path, so that no exchange of a file
 * or link in between changes the answer. Until then it is not read, and
 * opening it with O_PATH does nothing to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/read-beneath.h"
#include "util/read-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean fail(GError **error, int code)
{
    g_set_error_literal(error, G_FILE_ERROR, g_file_error_from_errno(code),
                        g_strerror(code));
    return FALSE;
}

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
}

typedef int Fd;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fd, close_fd)

static char *path_of(int fd, GError **error)
{
    g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", fd);

    return g_file_read_link(link, error);
}

static gboolean is_beneath(int folder, int fd, GError **error)
{
    g_autofree char *top = path_of(folder, error);
    g_autofree char *path = top ? path_of(fd, error) : NULL;
    gsize len = top ? strlen(top) : 0;

    if (!path) {
        return FALSE;
    }
    /* The path of the root folder ends in a slash, no other does. */
    if (strncmp(path, top, len) != 0 || (len > 1 && path[len] != '/')) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_ACCES,
                    "it lies outside of '%s'", top);
        return FALSE;
    }
    return TRUE;
}

static gboolean read_all(int path_fd, gsize max, char **content, gsize *len,
                         GError **error)
{
    g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", path_fd);
    g_auto(Fd) fd = open(link, O_RDONLY | O_CLOEXEC);

    return fd < 0 ? fail(error, errno)
                  : het_read_fd(fd, max, content, len, error);
}

gboolean het_read_beneath(const char *folder, const char *path, gsize max,
                          char **content, gsize *len, HetFileId *id,
                          GError **error)
{
    g_auto(Fd) top = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    g_auto(Fd) fd = top < 0 ? -1 : openat(top, path, O_PATH | O_CLOEXEC);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0) {
        return fail(error, errno);
    }
    if (!is_beneath(top, fd, error)) {
        return FALSE;
    }
    if (!S_ISREG(st.st_mode)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "it is not a regular file");
        return FALSE;
    }
    *id = (HetFileId){ st.st_dev, st.st_ino };
    return read_all(fd, max, content, len, error);
}
