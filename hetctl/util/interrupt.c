/*
 * Ctrl+C and friends during work that must be undone
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/interrupt.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "util/error.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

/* A signal handler has no other way to tell */
static volatile sig_atomic_t caught;

/* Wakes an event loop */
static int wake[2] = { -1, -1 };

static void on_signal(int number)
{
    int saved = errno;
    ssize_t n G_GNUC_UNUSED;

    caught = number;
    /* When the pipe is full, the loop wakes up anyway. */
    n = write(wake[1], "", 1);
    errno = saved;
}

static void drain(void)
{
    char data[16];

    while (read(wake[0], data, sizeof(data)) > 0) {
    }
}

static void open_pipe(void)
{
    if (wake[0] >= 0) {
        drain();
    } else if (g_unix_open_pipe(wake, FD_CLOEXEC, NULL)) {
        g_unix_set_fd_nonblocking(wake[0], TRUE, NULL);
        g_unix_set_fd_nonblocking(wake[1], TRUE, NULL);
    }
}

int het_interrupt_fd(void)
{
    return wake[0];
}

static void set_handler(void (*handler)(int))
{
    struct sigaction action = { .sa_handler = handler };

    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
        sigaction(signals[i], &action, NULL);
    }
}

void het_interrupt_catch(void)
{
    open_pipe();
    caught = 0;
    set_handler(on_signal);
}

void het_interrupt_release(void)
{
    set_handler(SIG_DFL);
}

gboolean het_interrupted(GError **error)
{
    if (!caught) {
        return FALSE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "interrupted: %s",
                strsignal(caught));
    return TRUE;
}
