/*
 * Writing, or reading, all of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/write-all.h"

#include <errno.h>
#include <unistd.h>

#include "util/error.h"
#include "util/interrupt.h"

gboolean het_write_all(int fd, gconstpointer data, gsize size,
                       GError **error)
{
    const char *next = data;

    while (size) {
        ssize_t n = write(fd, next, size);

        if (n < 0 && errno == EINTR) {
            if (het_interrupted(error)) {
                return FALSE;
            }
            continue;
        }
        if (n < 0) {
            int saved = errno;

            g_set_error_literal(error, HET_ERROR,
                                saved == ENOSPC ? HET_ERROR_RESOURCE
                                                : HET_ERROR_FAILED,
                                g_strerror(saved));
            return FALSE;
        }
        next += n;
        size -= n;
    }
    return TRUE;
}

int het_write_at(int fd, gconstpointer data, gsize size, guint64 offset)
{
    const char *next = data;

    while (size) {
        ssize_t n = pwrite(fd, next, size, offset);

        if (n < 0 && errno != EINTR) {
            return errno;
        }
        if (n > 0) {
            next += n;
            size -= n;
            offset += n;
        }
    }
    return 0;
}

int het_read_at(int fd, gpointer data, gsize size, guint64 offset)
{
    char *next = data;

    while (size) {
        ssize_t n = pread(fd, next, size, offset);

        if (n == 0) {
            return ENODATA;
        }
        if (n < 0 && errno != EINTR) {
            return errno;
        }
        if (n > 0) {
            next += n;
            size -= n;
            offset += n;
        }
    }
    return 0;
}
