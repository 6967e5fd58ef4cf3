/*
 * The lock of a SoC: one hetctl at a time changes it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/access.h"
#include "util/error.h"

#define POLL_MS 10
#define YIELD_MS 200

struct HetLock {
    char *path;
    int fd;
};

char *het_lock_path(const HetPlace *place, const char *soc)
{
    return g_strdup_printf("%s/hetctl-%s.lock", place->locks, soc);
}

/* The holder removes the file, so a lock may be on one that is gone. */
static gboolean is_current(int fd, const char *path)
{
    struct stat opened, named;

    return fstat(fd, &opened) == 0 && lstat(path, &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* -1 with errno */
static int open_file(const HetPlace *place, const char *path)
{
    const HetAccess access = {
        .has_group = place->is_shared, .group = place->group,
    };
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

    if (fd >= 0 || errno != ENOENT) {
        return fd;
    }
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && !het_access_grant(fd, &access, NULL)) {
        g_debug("cannot share the lock '%s'", path);
    }
    return fd;
}

/* -1 with errno, EWOULDBLOCK when another process has it */
static int try_lock(const HetPlace *place, const char *path)
{
    for (;;) {
        int fd = open_file(place, path);
        int saved;

        if (fd < 0) {
            if (errno == EEXIST) {
                continue;       /* another one has made it meanwhile */
            }
            return -1;
        }
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_current(fd, path)) {
            return fd;
        }
        saved = errno;
        if (!is_current(fd, path)) {
            close(fd);
            continue;
        }
        close(fd);
        errno = saved;
        return -1;
    }
}

static void set_busy(const char *soc, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    g_autofree char *holder = NULL;

    if (g_file_get_contents(path, &text, NULL, NULL) &&
        g_ascii_strtoull(text, NULL, 10)) {
        holder = g_strdup_printf(" (pid %s)", g_strchomp(text));
    }
    g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                "soc '%s' is busy: another hetctl%s is working on it", soc,
                holder ?: "");
}

static void write_holder(int fd)
{
    g_autofree char *text = g_strdup_printf("%d\n", (int)getpid());

    /* Only for the message of others: a failure changes nothing. */
    if (ftruncate(fd, 0) < 0 || write(fd, text, strlen(text)) < 0) {
        g_debug("cannot write the lock's holder: %s", g_strerror(errno));
    }
}

HetLock *het_lock_acquire(const HetPlace *place, const char *soc,
                          guint timeout_ms, GError **error)
{
    g_autofree char *path = het_lock_path(place, soc);
    gint64 deadline = g_get_monotonic_time() + timeout_ms * 1000LL;
    HetLock *lock;
    int fd;

    while ((fd = try_lock(place, path)) < 0) {
        if (errno != EWOULDBLOCK) {
            int saved = errno;

            g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                        "cannot lock soc '%s': '%s': %s", soc, path,
                        g_strerror(saved));
            return NULL;
        }
        if (g_get_monotonic_time() >= deadline) {
            set_busy(soc, path, error);
            return NULL;
        }
        g_usleep(POLL_MS * 1000);
    }
    write_holder(fd);
    lock = g_new0(HetLock, 1);
    lock->path = g_steal_pointer(&path);
    lock->fd = fd;
    return lock;
}

void het_lock_yield(gint64 *last)
{
    gint64 now = g_get_monotonic_time();

    if (!*last) {
        *last = now;
    } else if (now - *last > YIELD_MS * 1000) {
        g_usleep(2 * POLL_MS * 1000);
        *last = g_get_monotonic_time();
    }
}

void het_lock_release(HetLock *lock)
{
    if (!lock) {
        return;
    }
    g_unlink(lock->path);
    close(lock->fd);
    g_free(lock->path);
    g_free(lock);
}
