/*
 * Reading a file of bounded size
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/read-file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define CHUNK 65536

static gboolean fail(GError **error, int code)
{
    g_set_error_literal(error, G_FILE_ERROR, g_file_error_from_errno(code),
                        g_strerror(code));
    return FALSE;
}

gboolean het_read_fd(int fd, gsize max, char **content, gsize *len,
                     GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    while (bytes->len <= max) {
        guint had = bytes->len;
        ssize_t got;

        g_byte_array_set_size(bytes, had + CHUNK);
        got = read(fd, bytes->data + had, CHUNK);
        if (got < 0 && errno != EINTR) {
            return fail(error, errno);
        }
        g_byte_array_set_size(bytes, had + MAX(got, 0));
        if (got == 0) {
            *len = bytes->len;
            g_byte_array_append(bytes, (const guint8 *)"", 1);
            *content = (char *)g_byte_array_free(g_steal_pointer(&bytes),
                                                 FALSE);
            return TRUE;
        }
    }
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
                "it has more than the %" G_GSIZE_FORMAT " bytes that are "
                "left for it", max);
    return FALSE;
}

gboolean het_read_file(const char *path, gsize max, char **content,
                       gsize *len, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    gboolean ok = fd >= 0 ? het_read_fd(fd, max, content, len, error)
                          : fail(error, errno);

    if (fd >= 0) {
        close(fd);
    }
    return ok;
}
