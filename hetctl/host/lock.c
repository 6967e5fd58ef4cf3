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
#include <signal.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/access.h"
#include "util/error.h"
#include "util/interrupt.h"

#define POLL_MS 10
#define YIELD_MS 200

/*
 * What het_lock_take() waits before SIGTERM, and from there to SIGKILL.  Who
 * ends the SoC waits for libvirt, which waits 10 s for an emulator.
 */
#define PATIENCE_MS 2000
#define ENDING_MS 14000
#define KILL_MS 1500

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

static struct flock record_of(gboolean is_ending)
{
    return (struct flock) {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = is_ending,
        .l_len = 1,
    };
}

/* 0: nobody, or nobody that we see */
static pid_t record_owner(const char *path, gboolean is_ending)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct flock record = record_of(is_ending);
    pid_t pid = 0;

    if (fd >= 0 && fcntl(fd, F_GETLK, &record) == 0 &&
        record.l_type != F_UNLCK) {
        pid = record.l_pid;
    }
    if (fd >= 0) {
        close(fd);
    }
    return MAX(pid, 0);
}

/* Only for others: without it they wait, and say so. */
static void set_record(int fd, gboolean is_ending)
{
    struct flock record = record_of(is_ending);

    if (fcntl(fd, F_SETLK, &record) < 0) {
        g_debug("cannot set a record lock: %s", g_strerror(errno));
    }
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
            set_record(fd, FALSE);
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
    pid_t pid = record_owner(path, FALSE);
    g_autofree char *holder = pid ? g_strdup_printf(" (pid %d)", (int)pid)
                                  : NULL;

    g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                "soc '%s' is busy: another hetctl%s is working on it", soc,
                holder ?: "");
}

static HetLock *lock_new(const char *path, int fd)
{
    HetLock *lock = g_new0(HetLock, 1);

    lock->path = g_strdup(path);
    lock->fd = fd;
    return lock;
}

/* FALSE with -1 in @fd: another has it. FALSE with @error: it is of no use. */
static gboolean try_or_fail(const HetPlace *place, const char *soc,
                            const char *path, int *fd, GError **error)
{
    *fd = try_lock(place, path);
    if (*fd < 0 && errno != EWOULDBLOCK) {
        int saved = errno;

        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot lock soc '%s': '%s': %s", soc, path,
                    g_strerror(saved));
        return FALSE;
    }
    return *fd >= 0 || !het_interrupted(error);
}

HetLock *het_lock_acquire(const HetPlace *place, const char *soc,
                          guint timeout_ms, GError **error)
{
    g_autofree char *path = het_lock_path(place, soc);
    gint64 deadline = g_get_monotonic_time() + timeout_ms * 1000LL;
    int fd;

    while (try_or_fail(place, soc, path, &fd, error)) {
        if (fd >= 0) {
            return lock_new(path, fd);
        }
        if (g_get_monotonic_time() >= deadline) {
            set_busy(soc, path, error);
            return NULL;
        }
        g_usleep(POLL_MS * 1000);
    }
    return NULL;
}

/* ---- taking it away ---- */

typedef struct {
    const char *soc;
    const char *path;
    gint64 begun;
    pid_t pid;                  /* who has it, 0: not known */
    gint64 since;               /* he has it for us */
    int sent;                   /* the last signal to him */
    GString *ended;
} Taking;

/* A number may be another process' by now: the kernel is asked again. */
static gboolean send_signal(Taking *t, int number, GError **error)
{
    int fd = pidfd_open(t->pid, 0);
    int saved = 0;

    if (fd < 0) {
        return TRUE;            /* it has ended */
    }
    if (record_owner(t->path, FALSE) == t->pid &&
        pidfd_send_signal(fd, number, NULL, 0) < 0) {
        saved = errno;
    }
    close(fd);
    if (saved == EPERM) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' is busy: the hetctl of another user (pid %d) "
                    "is working on it, and may not be ended by you", t->soc,
                    (int)t->pid);
        return FALSE;
    }
    t->sent = number;
    g_string_append_printf(t->ended, "%s%s hetctl with pid %d, which held soc "
                           "'%s' too long", t->ended->len ? "; " : "",
                           number == SIGKILL ? "killed" : "ended",
                           (int)t->pid, t->soc);
    return TRUE;
}

/* The longer somebody has it, the less friendly */
static gboolean press(Taking *t, GError **error)
{
    gint64 now = g_get_monotonic_time();
    pid_t pid = record_owner(t->path, FALSE);
    gboolean is_ending = pid && record_owner(t->path, TRUE) == pid;
    gint64 patience = (is_ending ? ENDING_MS : PATIENCE_MS) * 1000LL;
    gint64 age;

    if (pid != t->pid) {
        t->pid = pid;
        t->since = now;
        t->sent = 0;
    }
    age = now - t->since;
    /* One after the other may have it: their turns count together. */
    if (!is_ending && now - t->begun >= 2 * patience) {
        age = MAX(age, patience);
    }
    if (age >= patience + 2 * KILL_MS * 1000LL) {
        set_busy(t->soc, t->path, error);
        return FALSE;
    }
    if (pid && age >= patience && !t->sent) {
        return send_signal(t, SIGTERM, error);
    }
    if (pid && age >= patience + KILL_MS * 1000LL && t->sent == SIGTERM) {
        return send_signal(t, SIGKILL, error);
    }
    return TRUE;
}

HetLock *het_lock_take(const HetPlace *place, const char *soc, char **ended,
                       GError **error)
{
    g_autofree char *path = het_lock_path(place, soc);
    g_autoptr(GString) text = g_string_new(NULL);
    HetLock *lock = NULL;
    Taking t = {
        .soc = soc, .path = path, .ended = text,
        .begun = g_get_monotonic_time(), .pid = -1,
    };
    int fd;

    while (!lock && try_or_fail(place, soc, path, &fd, error)) {
        if (fd >= 0) {
            set_record(fd, TRUE);
            lock = lock_new(path, fd);
        } else if (press(&t, error)) {
            g_usleep(POLL_MS * 1000);
        } else {
            break;
        }
    }
    *ended = text->len ? g_strdup(text->str) : NULL;
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
