/*
 * One piece of work beside another
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/beside.h"

#include "util/interrupt.h"

struct HetBeside {
    HetBesideFunc *func;
    void *opaque;
    GThread *thread;
    gboolean ok;
    GError *error;
};

static gpointer run_thread(gpointer data)
{
    HetBeside *b = data;

    het_interrupt_block();
    b->ok = b->func(b->opaque, &b->error);
    return NULL;
}

HetBeside *het_beside_begin(HetBesideFunc *func, void *opaque)
{
    HetBeside *b = g_new0(HetBeside, 1);

    b->func = func;
    b->opaque = opaque;
    b->thread = g_thread_try_new("beside", run_thread, b, NULL);
    if (!b->thread) {
        b->ok = func(opaque, &b->error);
    }
    return b;
}

gboolean het_beside_end(HetBeside *b, gboolean ok, GError **error)
{
    if (b->thread) {
        g_thread_join(b->thread);
    }
    if (!b->ok) {
        g_clear_error(error);
        g_propagate_error(error, b->error);
    }
    ok = ok && b->ok;
    g_free(b);
    return ok;
}
