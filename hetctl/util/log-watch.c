/*
 * Which of several logs is written, in the order in which they are
 *
 * Their folders are watched, so that it is the same when a log is rotated.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/log-watch.h"

#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define EVENTS_SIZE 16384
#define NONE G_MAXUINT

typedef struct {
    int folder;                 /* of inotify, -1: not watched */
    char *name;
} Log;

struct HetLogWatch {
    int fd;                     /* -1: there is none */
    GArray *logs;               /* Log */
};

static void log_clear(gpointer data)
{
    Log *log = data;

    g_free(log->name);
}

HetLogWatch *het_log_watch_new(void)
{
    HetLogWatch *w = g_new0(HetLogWatch, 1);

    w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    w->logs = g_array_new(FALSE, FALSE, sizeof(Log));
    g_array_set_clear_func(w->logs, log_clear);
    return w;
}

void het_log_watch_free(HetLogWatch *w)
{
    if (!w) {
        return;
    }
    if (w->fd >= 0) {
        close(w->fd);
    }
    g_array_unref(w->logs);
    g_free(w);
}

void het_log_watch_add(HetLogWatch *w, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    Log log = { -1, g_path_get_basename(path) };

    if (w->fd >= 0) {
        log.folder = inotify_add_watch(w->fd, folder, IN_MODIFY);
    }
    g_array_append_val(w->logs, log);
}

static guint find_log(const HetLogWatch *w, const struct inotify_event *event)
{
    for (guint i = 0; event->len && i < w->logs->len; i++) {
        const Log *log = &g_array_index(w->logs, Log, i);

        if (log->folder == event->wd && !strcmp(log->name, event->name)) {
            return i;
        }
    }
    return NONE;
}

/* Who has read a log has read what was written twice. */
static gboolean take_events(const HetLogWatch *w, const char *bytes, gsize size,
                        HetLogWatchFunc *func, gpointer opaque)
{
    guint last = NONE;
    gsize at = 0;

    while (size - at >= sizeof(struct inotify_event)) {
        const struct inotify_event *event = (const void *)(bytes + at);
        guint index = find_log(w, event);

        if (index != NONE && index != last) {
            func(index, opaque);
            last = index;
        }
        at += sizeof(*event) + event->len;
    }
    return last != NONE;
}

gboolean het_log_watch_wait(HetLogWatch *w, guint ms, HetLogWatchFunc *func,
                            gpointer opaque)
{
    struct pollfd poll_fd = { .fd = w->fd, .events = POLLIN };
    char bytes[EVENTS_SIZE] __attribute__((aligned(8)));
    ssize_t n;

    if (poll(&poll_fd, 1, ms) <= 0) {
        return FALSE;
    }
    n = read(w->fd, bytes, sizeof(bytes));
    return n > 0 && take_events(w, bytes, n, func, opaque);
}
