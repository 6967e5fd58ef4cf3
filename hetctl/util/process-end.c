/*
 * The end of a process that is not a child
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/process-end.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REAPED_MS 100
#define LOOK_US 500

int het_process_end_watch(pid_t pid)
{
    return pid > 0 ? syscall(SYS_pidfd_open, pid, 0) : -1;
}

static gint64 ms_until(gint64 deadline)
{
    return MAX(0, (deadline - g_get_monotonic_time() + 999) /
                  G_TIME_SPAN_MILLISECOND);
}

static gboolean has_ended(int watch, gint64 deadline)
{
    struct pollfd look = { .fd = watch, .events = POLLIN };
    int n;

    do {
        n = poll(&look, 1, ms_until(deadline));
    } while (n < 0 && errno == EINTR);
    return n > 0 && (look.revents & POLLIN);
}

/* It may be another user's: only that there is none counts. */
static gboolean is_reaped(pid_t pid)
{
    return kill(pid, 0) < 0 && errno == ESRCH;
}

gboolean het_process_end_wait(int watch, pid_t pid, guint ms)
{
    gint64 deadline = g_get_monotonic_time() + ms * G_TIME_SPAN_MILLISECOND;

    if (!has_ended(watch, deadline)) {
        return FALSE;
    }
    deadline = MIN(deadline, g_get_monotonic_time() +
                             REAPED_MS * G_TIME_SPAN_MILLISECOND);
    while (!is_reaped(pid)) {
        if (g_get_monotonic_time() >= deadline) {
            return FALSE;
        }
        g_usleep(LOOK_US);
    }
    return TRUE;
}
