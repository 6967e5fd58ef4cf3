/*
 * Serving debuggers, one after the other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/server.h"

#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "debug/monitor-command.h"
#include "debug/mux.h"
#include "domain/conn.h"
#include "util/error.h"
#include "util/interrupt.h"

#define RECOVER_MS 1000

/* For who works on the SoC, when GDB attaches by command */
#define LOCK_MS 5000

/* Soon enough to be there before somebody boots what was started */
#define LOOK_MS 20

#define ENDS_TRIES 10
#define ENDS_US 50000

struct HetServer {
    const char *uri;
    const HetStubsOptions *options;
    HetListener *listener;
    HetServerFunc *complain;
    void *opaque;
    GMainLoop *loop;
    guint listen_watch;
    guint signal_watch;
    guint end_source;
    HetStubs *stubs;            /* NULL: no debugger */
    HetMux *mux;
    HetMonitorCommand *command; /* the last one, or NULL */
    guint recover_source;       /* a stub is still open */
    guint reopen_source;
    guint reopen_index;
    gboolean is_opening;
    virConnectPtr conn;         /* the last one, or NULL */
    GArray *away;               /* guint: whose emulators may be started */
    guint away_source;
};

static gboolean on_recover(gpointer data)
{
    HetServer *s = data;
    g_autoptr(HetConn) conn = het_conn_open(s->uri, NULL);

    if (!conn || !het_stubs_recover(conn, s->options->soc, getpid(), NULL)) {
        return G_SOURCE_CONTINUE;
    }
    s->recover_source = 0;
    return G_SOURCE_REMOVE;
}

/* A signal that comes meanwhile must not leave the SoC halted. */
static void close_stubs(HetServer *s)
{
    g_autoptr(GError) error = NULL;
    gboolean hurries = het_interrupted(NULL);

    het_interrupt_defer();
    if (!het_stubs_close(g_steal_pointer(&s->stubs), hurries, &error)) {
        s->complain(error, s->opaque);
        if (!s->recover_source) {
            s->recover_source = g_timeout_add(RECOVER_MS, on_recover, s);
        }
    }
    het_interrupt_heed();
}

static void end_session(HetServer *s)
{
    g_clear_handle_id(&s->end_source, g_source_remove);
    g_clear_handle_id(&s->reopen_source, g_source_remove);
    g_clear_handle_id(&s->away_source, g_source_remove);
    g_array_set_size(s->away, 0);
    g_clear_pointer(&s->command, het_monitor_command_free);
    g_clear_pointer(&s->mux, het_mux_free);
    if (s->stubs) {
        close_stubs(s);
    }
}

static gboolean on_ended(gpointer data)
{
    HetServer *s = data;

    if (s->is_opening) {
        return G_SOURCE_CONTINUE;
    }
    s->end_source = 0;
    end_session(s);
    return G_SOURCE_REMOVE;
}

/* Called by the multiplexer itself, which cannot be freed then. */
static void session_ended(void *opaque)
{
    HetServer *s = opaque;

    if (!s->end_source) {
        s->end_source = g_idle_add(on_ended, s);
    }
}

static void on_command_said(const char *text, void *opaque)
{
    HetServer *s = opaque;

    het_mux_answer_monitor(s->mux, text);
}

static void run_monitor(const char *command, void *opaque)
{
    HetServer *s = opaque;
    g_autofree char *answer = NULL;

    if (!strcmp(command, "skew")) {
        het_mux_tell_skew(s->mux);
    } else {
        het_monitor_command_free(s->command);
        s->command = het_monitor_command_new(s->uri, s->options->soc, command,
                                             &answer, on_command_said, s);
    }
    if (answer) {
        het_mux_answer_monitor(s->mux, answer);
    }
}

/* libvirtd may have been restarted. */
static virConnectPtr get_conn(HetServer *s, GError **error)
{
    if (s->conn && virConnectIsAlive(s->conn) != 1) {
        g_clear_pointer(&s->conn, virConnectClose);
    }
    if (!s->conn) {
        s->conn = het_conn_open(s->uri, error);
    }
    return s->conn;
}

/*
 * It waits in the event loop, where the session must not end meanwhile.  A
 * signal that comes must not leave half of it.
 */
static HetTarget *open_again(HetServer *s, guint index, guint wait_ms,
                             GError **error)
{
    virConnectPtr conn = get_conn(s, error);
    HetTarget *target;

    s->is_opening = TRUE;
    het_interrupt_defer();
    target = conn ? het_stubs_reopen(s->stubs, conn, index, wait_ms, error)
                  : NULL;
    het_interrupt_heed();
    s->is_opening = FALSE;
    return target;
}

static void expect_no_more(HetServer *s, guint index)
{
    for (guint i = s->away->len; i-- > 0;) {
        if (g_array_index(s->away, guint, i) == index) {
            g_array_remove_index_fast(s->away, i);
        }
    }
}

static gboolean on_reopen(gpointer data)
{
    HetServer *s = data;
    g_autoptr(GError) error = NULL;
    HetTarget *target;

    if (s->is_opening) {
        return G_SOURCE_CONTINUE;
    }
    s->reopen_source = 0;
    target = open_again(s, s->reopen_index, LOCK_MS, &error);
    if (target) {
        expect_no_more(s, s->reopen_index);
    } else {
        s->complain(error, s->opaque);
    }
    het_mux_replace(s->mux, s->reopen_index, target);
    return G_SOURCE_REMOVE;
}

static void reopen(guint index, void *opaque)
{
    HetServer *s = opaque;

    s->reopen_index = index;
    if (!s->reopen_source) {
        s->reopen_source = g_idle_add(on_reopen, s);
    }
}

/* It may have ended again meanwhile, of which libvirt hears a moment later. */
static gboolean is_away_again(HetServer *s, virConnectPtr conn, guint index)
{
    for (int i = 0; i < ENDS_TRIES; i++) {
        if (het_stubs_look(s->stubs, conn, index) == HET_STUB_AWAY) {
            return TRUE;
        }
        g_usleep(ENDS_US);
    }
    return FALSE;
}

/*
 * Who starts it has the lock until it is linked: then it is taken, before it
 * boots.  TRUE: there is no more to wait for.
 */
static gboolean look_for(HetServer *s, virConnectPtr conn, guint index)
{
    g_autoptr(GError) error = NULL;
    HetTarget *target = NULL;

    switch (het_stubs_look(s->stubs, conn, index)) {
    case HET_STUB_AWAY:
        return FALSE;
    case HET_STUB_BACK:
        target = open_again(s, index, 0, &error);
        if (g_error_matches(error, HET_ERROR, HET_ERROR_STATE) ||
            (!target && is_away_again(s, conn, index))) {
            return FALSE;
        }
        break;
    default:
        break;
    }
    if (error) {
        s->complain(error, s->opaque);
    }
    het_mux_replace(s->mux, index, target);
    return TRUE;
}

static gboolean on_look(gpointer data)
{
    HetServer *s = data;
    virConnectPtr conn = s->is_opening ? NULL : get_conn(s, NULL);

    for (guint i = 0; conn && i < s->away->len;) {
        if (look_for(s, conn, g_array_index(s->away, guint, i))) {
            g_array_remove_index_fast(s->away, i);
        } else {
            i++;
        }
    }
    if (s->away->len) {
        return G_SOURCE_CONTINUE;
    }
    s->away_source = 0;
    return G_SOURCE_REMOVE;
}

static gboolean left(guint index, void *opaque)
{
    HetServer *s = opaque;

    if (!het_stubs_may_return(s->stubs, index)) {
        return FALSE;
    }
    g_array_append_val(s->away, index);
    if (!s->away_source) {
        s->away_source = g_timeout_add(LOOK_MS, on_look, s);
    }
    return TRUE;
}

static const HetMuxFuncs mux_funcs = {
    .monitor = run_monitor,
    .reopen = reopen,
    .left = left,
    .ended = session_ended,
};

static void begin_session(HetServer *s, int fd)
{
    g_autoptr(GError) error = NULL;
    virConnectPtr conn = get_conn(s, &error);
    const char *const *processors = s->options->processors;
    const HetMuxOptions options = {
        .is_single = processors[0] && !processors[1],
        .stops_at_boot = s->options->stops_at_boot,
    };

    s->stubs = conn ? het_stubs_open(conn, s->options, &error) : NULL;
    if (!s->stubs) {
        close(fd);
        s->complain(error, s->opaque);
        return;
    }
    s->mux = het_mux_new(het_stubs_targets(s->stubs), &options, &mux_funcs,
                         s);
    het_mux_serve(s->mux, fd);
}

/* Of two debuggers the second finds its connection closed. */
static gboolean on_connect(gint listen_fd, GIOCondition condition,
                           gpointer data)
{
    HetServer *s = data;
    int fd = het_listener_accept(s->listener);

    if (fd >= 0 && s->mux && (!s->end_source || s->is_opening)) {
        close(fd);
    } else if (fd >= 0) {
        end_session(s);
        begin_session(s, fd);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean on_signal(gint fd, GIOCondition condition, gpointer data)
{
    HetServer *s = data;

    s->signal_watch = 0;
    het_server_quit(s);
    return G_SOURCE_REMOVE;
}

void het_server_quit(HetServer *s)
{
    g_main_loop_quit(s->loop);
}

gboolean het_server_has_left(const HetServer *s)
{
    return s->recover_source != 0;
}

gboolean het_server_run(HetServer *s, GError **error)
{
    s->signal_watch = g_unix_fd_add(het_interrupt_fd(), G_IO_IN, on_signal,
                                    s);
    s->listen_watch = g_unix_fd_add(het_listener_fd(s->listener), G_IO_IN,
                                    on_connect, s);
    g_main_loop_run(s->loop);
    g_clear_handle_id(&s->listen_watch, g_source_remove);
    g_clear_handle_id(&s->signal_watch, g_source_remove);
    end_session(s);
    return !het_interrupted(error);
}

HetServer *het_server_new(const char *uri, const HetStubsOptions *options,
                          HetListener *listener, HetServerFunc *complain,
                          void *opaque)
{
    HetServer *s = g_new0(HetServer, 1);

    s->uri = uri;
    s->options = options;
    s->listener = listener;
    s->complain = complain;
    s->opaque = opaque;
    s->loop = g_main_loop_new(NULL, FALSE);
    s->away = g_array_new(FALSE, FALSE, sizeof(guint));
    return s;
}

void het_server_free(HetServer *s)
{
    if (!s) {
        return;
    }
    end_session(s);
    g_clear_handle_id(&s->recover_source, g_source_remove);
    g_clear_pointer(&s->conn, virConnectClose);
    g_array_unref(s->away);
    g_main_loop_unref(s->loop);
    g_free(s);
}
