/*
 * A log that another process writes, and rotates
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/log-tail.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.h"

/* virtlogd keeps three by itself */
#define BACKUPS_MAX 16
#define CHUNK 65536

struct HetLogTail {
    char *path;
    int fd;                     /* -1: there is none yet */
};

static char *name_of(const HetLogTail *tail, int backup)
{
    return backup < 0 ? g_strdup(tail->path)
                      : g_strdup_printf("%s.%d", tail->path, backup);
}

/* -1 without an error: it is not there */
static int open_file(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;

    if (fd < 0) {
        if (errno != ENOENT) {
            g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                        "cannot open log '%s': %s", path, g_strerror(errno));
        }
        return -1;
    }
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "log '%s' is no file", path);
        close(fd);
        return -1;
    }
    return fd;
}

/* The oldest that there is */
static int first_backup(const HetLogTail *tail)
{
    int backup = -1;

    while (backup + 1 < BACKUPS_MAX) {
        g_autofree char *name = name_of(tail, backup + 1);

        if (access(name, F_OK) < 0) {
            break;
        }
        backup++;
    }
    return backup;
}

HetLogTail *het_log_tail_new(const char *path, gboolean from_end,
                             GError **error)
{
    g_autoptr(HetLogTail) tail = g_new0(HetLogTail, 1);
    g_autoptr(GError) why = NULL;
    g_autofree char *name = NULL;

    tail->path = g_strdup(path);
    name = name_of(tail, from_end ? -1 : first_backup(tail));
    tail->fd = open_file(name, &why);
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    if (from_end && tail->fd >= 0) {
        lseek(tail->fd, 0, SEEK_END);
    }
    return g_steal_pointer(&tail);
}

void het_log_tail_free(HetLogTail *tail)
{
    if (tail) {
        if (tail->fd >= 0) {
            close(tail->fd);
        }
        g_free(tail->path);
        g_free(tail);
    }
}

static gboolean is_file(const HetLogTail *tail, int backup)
{
    g_autofree char *name = name_of(tail, backup);
    struct stat there, ours;

    return stat(name, &there) == 0 && fstat(tail->fd, &ours) == 0 &&
           there.st_dev == ours.st_dev && there.st_ino == ours.st_ino;
}

/* What our file is called now: -1 the log, n a backup, BACKUPS_MAX gone */
static int find_own(const HetLogTail *tail)
{
    int backup = -1;

    while (backup < BACKUPS_MAX && !is_file(tail, backup)) {
        backup++;
    }
    return backup;
}

static gboolean read_file(HetLogTail *tail, HetLogTailFunc *func,
                          gpointer opaque, GError **error)
{
    char bytes[CHUNK];
    struct stat st;
    ssize_t n;

    /* It was cut: a domain that does not append has started. */
    if (fstat(tail->fd, &st) == 0 &&
        st.st_size < lseek(tail->fd, 0, SEEK_CUR)) {
        lseek(tail->fd, 0, SEEK_SET);
    }
    while ((n = read(tail->fd, bytes, sizeof(bytes))) > 0) {
        fstat(tail->fd, &st);
        func(opaque, bytes, n, st.st_mtim.tv_sec * G_USEC_PER_SEC +
             st.st_mtim.tv_nsec / 1000);
    }
    if (n < 0 && errno != EINTR) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot read log '%s': %s", tail->path,
                    g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

/* The file after ours. FALSE: there is none, or an error */
static gboolean open_next(HetLogTail *tail, int *next, GError **error)
{
    int own = tail->fd >= 0 ? find_own(tail) : 0;
    g_autofree char *name = NULL;
    int fd;

    if (own < 0) {
        return FALSE;           /* it is still the log */
    }
    /* Older than all that are left: those are all new. */
    name = name_of(tail, own == BACKUPS_MAX ? first_backup(tail) : own - 1);
    fd = open_file(name, error);
    if (fd < 0) {
        return FALSE;
    }
    *next = fd;
    return TRUE;
}

gboolean het_log_tail_read(HetLogTail *tail, HetLogTailFunc *func,
                           gpointer opaque, GError **error)
{
    g_autoptr(GError) why = NULL;
    int next = -1;

    if (tail->fd >= 0 && !read_file(tail, func, opaque, error)) {
        return FALSE;
    }
    while (open_next(tail, &next, &why)) {
        /* What came after we had read it, and before it was rotated */
        if (tail->fd >= 0) {
            read_file(tail, func, opaque, NULL);
            close(tail->fd);
        }
        tail->fd = next;
        if (!read_file(tail, func, opaque, error)) {
            return FALSE;
        }
    }
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return TRUE;
}
