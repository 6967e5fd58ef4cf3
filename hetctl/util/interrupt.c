/*
 * Ctrl+C and friends
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
static const char *const descriptions[] = {
    "Interrupt", "Terminated", "Hangup"
};

/* As nohup wants it */
static gboolean ignores_hangup;

/* A signal handler has no other way to tell */
static volatile sig_atomic_t caught;
static guint catches;            /* that were not released */

static gint deferred;

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

static void say(const char *text)
{
    ssize_t n G_GNUC_UNUSED;

    n = write(STDERR_FILENO, text, strlen(text));
}

/* There is nothing to undo. Only what a signal handler may call. */
static void on_signal_end(int number)
{
    say("error: interrupted: ");
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
        if (signals[i] == number) {
            say(descriptions[i]);
        }
    }
    say("\n");
    _exit(HET_ERROR_FAILED);
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
        if (signals[i] != SIGHUP || !ignores_hangup) {
            sigaction(signals[i], &action, NULL);
        }
    }
}

void het_interrupt_init(void)
{
    struct sigaction old;

    ignores_hangup = sigaction(SIGHUP, NULL, &old) == 0 &&
                     old.sa_handler == SIG_IGN;
    set_handler(on_signal_end);
}

void het_interrupt_block(void)
{
    sigset_t set;

    sigemptyset(&set);
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
        sigaddset(&set, signals[i]);
    }
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void het_interrupt_catch(void)
{
    if (catches++) {
        return;
    }
    open_pipe();
    caught = 0;
    set_handler(on_signal);
}

void het_interrupt_release(void)
{
    if (--catches) {
        return;
    }
    set_handler(on_signal_end);
    caught = 0;
}

void het_interrupt_defer(void)
{
    g_atomic_int_inc(&deferred);
}

void het_interrupt_heed(void)
{
    g_atomic_int_add(&deferred, -1);
}

gboolean het_interrupted(GError **error)
{
    if (!caught || g_atomic_int_get(&deferred)) {
        return FALSE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "interrupted: %s",
                strsignal(caught));
    return TRUE;
}

int het_interrupt_take(void)
{
    /* One that comes in between is taken now, or the next time. */
    drain();
    return __atomic_exchange_n(&caught, 0, __ATOMIC_SEQ_CST);
}

gboolean het_interrupt_ends(HetInterruptFunc *func, gpointer opaque,
                            GError **error)
{
    g_autoptr(GError) why = NULL;
    gboolean ok;

    het_interrupt_catch();
    ok = func(opaque, &why) || het_interrupted(NULL);
    het_interrupt_release();
    if (!ok) {
        g_propagate_error(error, g_steal_pointer(&why));
    }
    return ok;
}
