/*
 * Writing a cpio archive of the kind that Linux takes as initramfs ("newc")
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/cpio.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.h"
#include "util/write-all.h"

#define ALIGN 4
#define CHUNK (256 * 1024)

struct HetCpio {
    int fd;
    guint32 inode;
};

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
}

typedef int Fd;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fd, close_fd)

HetCpio *het_cpio_new(int fd)
{
    HetCpio *cpio = g_new0(HetCpio, 1);

    cpio->fd = fd;
    return cpio;
}

void het_cpio_free(HetCpio *cpio)
{
    g_free(cpio);
}

static gboolean fail(const char *path, const char *what, GError **error)
{
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "file '%s': %s", path,
                what);
    return FALSE;
}

static gboolean pad(int fd, guint64 size, GError **error)
{
    static const char zeroes[ALIGN];

    return het_write_all(fd, zeroes, -size % ALIGN, error);
}

static gboolean add_header(HetCpio *cpio, const char *name, guint mode,
                           guint32 size, GError **error)
{
    gsize len = strlen(name) + 1;
    /* inode, mode, user, group, links, time, size, 4 of devices, name, sum */
    g_autofree char *header =
        g_strdup_printf("070701%08x%08x%08x%08x%08x%08x%08x"
                        "%08x%08x%08x%08x%08x%08x",
                        ++cpio->inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0,
                        (guint)len, 0);

    return het_write_all(cpio->fd, header, strlen(header), error) &&
           het_write_all(cpio->fd, name, len, error) &&
           pad(cpio->fd, strlen(header) + len, error);
}

gboolean het_cpio_add_folder(HetCpio *cpio, const char *name, GError **error)
{
    return add_header(cpio, name, S_IFDIR | 0755, 0, error);
}

/* -1 with @error */
static int open_file(const char *path, guint64 *size, GError **error)
{
    g_auto(Fd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    int result;

    if (fd < 0 || fstat(fd, &st) < 0) {
        fail(path, g_strerror(errno), error);
        return -1;
    }
    if (!S_ISREG(st.st_mode)) {
        fail(path, "it is not a regular file", error);
        return -1;
    }
    *size = st.st_size;
    result = fd;
    fd = -1;
    return result;
}

/* @size bytes, as the file had when it was opened */
static gboolean copy(int to, int from, guint64 size, const char *path,
                     GError **error)
{
    g_autofree char *buffer = g_malloc(CHUNK);

    while (size) {
        ssize_t n = read(from, buffer, MIN(size, CHUNK));

        if (n < 0 && errno != EINTR) {
            return fail(path, g_strerror(errno), error);
        }
        if (n == 0) {
            return fail(path, "it got shorter while it was read", error);
        }
        n = MAX(n, 0);
        if (!het_write_all(to, buffer, n, error)) {
            return FALSE;
        }
        size -= n;
    }
    return TRUE;
}

gboolean het_cpio_add_file(HetCpio *cpio, const char *name, const char *path,
                           GError **error)
{
    guint64 size;
    g_auto(Fd) fd = open_file(path, &size, error);

    if (fd < 0) {
        return FALSE;
    }
    if (size > HET_CPIO_SIZE_MAX) {
        return fail(path, "it has 4 GiB or more, which an initramfs cannot "
                    "hold", error);
    }
    return add_header(cpio, name, S_IFREG | 0644, size, error) &&
           copy(cpio->fd, fd, size, path, error) &&
           pad(cpio->fd, size, error);
}

gboolean het_cpio_finish(HetCpio *cpio, GError **error)
{
    return add_header(cpio, "TRAILER!!!", 0, 0, error);
}

gboolean het_cpio_copy_archive(int fd, const char *path, GError **error)
{
    guint64 size;
    g_auto(Fd) from = open_file(path, &size, error);

    return from >= 0 && copy(fd, from, size, path, error) &&
           pad(fd, size, error);
}
