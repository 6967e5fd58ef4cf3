/*
 * libvirt's event loop, with signals
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/loop.h"

#include "domain/conn.h"
#include "util/error.h"
#include "util/interrupt.h"

gboolean het_loop_init(GError **error)
{
    if (virEventRegisterDefaultImpl() < 0) {
        het_conn_set_error(error, HET_ERROR_FAILED,
                           "cannot make an event loop");
        return FALSE;
    }
    return TRUE;
}

static void on_timeout(int timer, void *opaque)
{
    gboolean *over = opaque;

    *over = TRUE;
}

/* That the loop goes round is enough. */
static void on_signal(int watch, int fd, int events, void *opaque)
{
}

static gboolean run(const gboolean *done, const gboolean *over,
                    GError **error)
{
    while (!*done && !*over) {
        if (het_interrupted(error)) {
            return FALSE;
        }
        if (virEventRunDefaultImpl() < 0) {
            het_conn_set_error(error, HET_ERROR_FAILED, "event loop");
            return FALSE;
        }
    }
    return TRUE;
}

gboolean het_loop_run(const gboolean *done, int timeout_ms, GError **error)
{
    gboolean over = FALSE;
    gboolean ok;
    int timer, watch;

    timer = virEventAddTimeout(timeout_ms, on_timeout, &over, NULL);
    watch = virEventAddHandle(het_interrupt_fd(), VIR_EVENT_HANDLE_READABLE,
                              on_signal, NULL, NULL);
    ok = run(done, &over, error);
    virEventRemoveTimeout(timer);
    virEventRemoveHandle(watch);
    return ok;
}
