/*
 * hetctl console: a terminal on a processor's console
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "domain/conn.h"
#include "domain/console.h"
#include "util/error.h"
#include "util/interrupt.h"
#include "util/log-tail.h"
#include "util/write-all.h"

#define ESCAPE 0x1d             /* Ctrl+] */
#define CHUNK 4096
/* Typed, and not yet taken: more is left where it comes from */
#define INPUT_MAX (16 * CHUNK)
#define FOLLOW_US 50000

typedef struct {
    virStreamPtr stream;
    GByteArray *input;          /* typed, not yet taken by the stream */
    int watch;
    gboolean is_raw;            /* Ctrl+] is a byte, the input's end the end */
    gboolean is_read_only;
    gboolean is_at_end;         /* of a raw input */
    gboolean done;
    char *failure;
} HetConsole;

static void console_clear(HetConsole *c)
{
    g_byte_array_unref(c->input);
    g_free(c->failure);
    if (c->stream) {
        virStreamFree(c->stream);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetConsole, console_clear)

static void end(HetConsole *c, const char *failure)
{
    if (failure && !c->failure) {
        c->failure = g_strdup(failure);
    }
    c->done = TRUE;
}

static void want_events(HetConsole *c)
{
    int events = VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_HANGUP |
                 VIR_STREAM_EVENT_ERROR;

    if (c->input->len) {
        events |= VIR_STREAM_EVENT_WRITABLE;
    }
    virStreamEventUpdateCallback(c->stream, events);
}

static void take_output(HetConsole *c)
{
    char data[CHUNK];
    int n = virStreamRecv(c->stream, data, sizeof(data));
    g_autoptr(GError) why = NULL;

    if (n == 0) {
        end(c, NULL);           /* the processor ended */
    } else if (n == -1) {
        end(c, virGetLastErrorMessage());
    } else if (n > 0 && !het_write_all(STDOUT_FILENO, data, n, &why) &&
               !het_interrupted(NULL)) {
        end(c, why->message);
    }
}

static void give_input(HetConsole *c)
{
    int n = virStreamSend(c->stream, (char *)c->input->data, c->input->len);

    if (n == -1) {
        end(c, virGetLastErrorMessage());
    } else if (n > 0) {
        g_byte_array_remove_range(c->input, 0, n);
        if (c->is_at_end && !c->input->len) {
            end(c, NULL);
        } else if (c->watch >= 0 && c->input->len < INPUT_MAX) {
            virEventUpdateHandle(c->watch, VIR_EVENT_HANDLE_READABLE |
                                 VIR_EVENT_HANDLE_HANGUP);
        }
    }
}

static void on_stream(virStreamPtr stream, int events, void *opaque)
{
    HetConsole *c = opaque;

    if (events & VIR_STREAM_EVENT_READABLE) {
        take_output(c);
    }
    if (!c->done && (events & VIR_STREAM_EVENT_WRITABLE) && c->input->len) {
        give_input(c);
    }
    if (!c->done &&
        (events & (VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP))) {
        end(c, NULL);
    }
    if (!c->done) {
        want_events(c);
    }
}

static void on_input(int watch, int fd, int events, void *opaque)
{
    HetConsole *c = opaque;
    guint8 data[CHUNK];
    ssize_t n = read(fd, data, sizeof(data));
    guint8 *escape = n > 0 && !c->is_raw ? memchr(data, ESCAPE, n) : NULL;

    if (n < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            end(c, g_strerror(errno));
        }
        return;
    }
    if (n == 0) {
        /* What the processor says goes on, but for a program. */
        virEventRemoveHandle(watch);
        c->watch = -1;
        c->is_at_end = c->is_raw;
        if (c->is_at_end && !c->input->len) {
            end(c, NULL);
        }
        return;
    }
    if (escape) {
        end(c, NULL);
        return;
    }
    g_byte_array_append(c->input, data, n);
    if (c->input->len >= INPUT_MAX) {
        virEventUpdateHandle(watch, 0);
    }
    want_events(c);
}

/* Wakes the loop so that a signal is seen. */
static void on_timer(int timer, void *opaque)
{
}

static gboolean run_loop(HetConsole *c, GError **error)
{
    int timer = virEventAddTimeout(200, on_timer, NULL, NULL);

    if (!c->is_read_only) {
        c->watch = virEventAddHandle(STDIN_FILENO, VIR_EVENT_HANDLE_READABLE |
                                     VIR_EVENT_HANDLE_HANGUP, on_input, c,
                                     NULL);
    }
    while (!c->done && !het_interrupted(error)) {
        if (virEventRunDefaultImpl() < 0) {
            end(c, virGetLastErrorMessage());
        }
    }
    if (c->watch >= 0) {
        virEventRemoveHandle(c->watch);
    }
    virEventRemoveTimeout(timer);
    return c->done;
}

/* The terminal is given back as it was, whatever ends the loop. */
static gboolean run_on_terminal(HetConsole *c, GError **error)
{
    struct termios saved, raw;
    gboolean is_terminal = !c->is_read_only &&
                           tcgetattr(STDIN_FILENO, &saved) == 0;
    gboolean ok;

    het_interrupt_catch();
    if (is_terminal) {
        raw = saved;
        cfmakeraw(&raw);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
    }
    ok = run_loop(c, error);
    if (is_terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved);
    }
    het_interrupt_release();
    return ok;
}

static gboolean open_stream(HetConsole *c, const HetPart *part,
                            const HetConsolePort *port, GError **error)
{
    if (virDomainOpenConsole(part->domain, port->alias, c->stream, 0) == 0) {
        return TRUE;
    }
    if (virGetLastErrorCode() == VIR_ERR_OPERATION_FAILED && port->log) {
        het_conn_set_error(error, HET_ERROR_STATE,
                           "cannot open the console of '%s'; another has it "
                           "perhaps: --read-only reads along", part->name);
    } else {
        het_conn_set_error(error, HET_ERROR_FAILED,
                           "cannot open the console of '%s'", part->name);
    }
    return FALSE;
}

/* What was typed is libvirt's when the end of a raw input is the end. */
static void close_stream(HetConsole *c)
{
    virStreamEventRemoveCallback(c->stream);
    if (!c->is_at_end || c->failure || virStreamFinish(c->stream) < 0) {
        virStreamAbort(c->stream);
    }
}

static gboolean run_console(virConnectPtr conn, const HetPart *part,
                            const HetConsolePort *port, HetConsole *c,
                            GError **error)
{
    gboolean ok;

    c->stream = virStreamNew(conn, VIR_STREAM_NONBLOCK);
    if (!c->stream) {
        het_conn_set_error(error, HET_ERROR_FAILED,
                           "cannot open the console of '%s'", part->name);
        return FALSE;
    }
    if (!open_stream(c, part, port, error)) {
        return FALSE;
    }
    if (virStreamEventAddCallback(c->stream, VIR_STREAM_EVENT_READABLE |
                                  VIR_STREAM_EVENT_HANGUP |
                                  VIR_STREAM_EVENT_ERROR, on_stream, c,
                                  NULL) < 0) {
        het_conn_set_error(error, HET_ERROR_FAILED,
                           "cannot watch the console of '%s'", part->name);
        virStreamAbort(c->stream);
        return FALSE;
    }
    ok = run_on_terminal(c, error);
    close_stream(c);
    if (c->failure) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "console of '%s': %s", part->name, c->failure);
        return FALSE;
    }
    return ok;
}

/* ---- reading along: libvirt's log, which any number can read ---- */

typedef struct {
    HetLogTail *tail;
    const HetPart *part;
    gboolean is_closed;         /* nobody reads our output */
} Follow;

static void print_bytes(gpointer opaque, const char *bytes, gsize size,
                        gint64 modified)
{
    Follow *f = opaque;

    f->is_closed = f->is_closed ||
                   !het_write_all(STDOUT_FILENO, bytes, size, NULL);
}

static gboolean follow(gpointer opaque, GError **error)
{
    Follow *f = opaque;
    gboolean is_active = TRUE;

    while (is_active && !f->is_closed) {
        if (het_interrupted(error)) {
            return FALSE;
        }
        /* Asked before: what it said until its end is read. */
        is_active = virDomainIsActive(f->part->domain) == 1;
        if (!het_log_tail_read(f->tail, print_bytes, f, error)) {
            return FALSE;
        }
        if (is_active) {
            g_usleep(FOLLOW_US);
        }
    }
    return TRUE;
}

static gboolean run_read_only(virConnectPtr conn, const HetPart *part,
                              const HetConsolePort *port, HetConsole *c,
                              GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(HetLogTail) tail =
        port->log ? het_log_tail_new(port->log, TRUE, &why) : NULL;
    Follow f = { .tail = tail, .part = part };

    /* Of qemu:///system logs are root's: others get the only stream. */
    return tail ? het_interrupt_ends(follow, &f, error)
                : run_console(conn, part, port, c, error);
}

/* ---- the command ---- */

static const HetConsolePort *find_port(const GPtrArray *ports,
                                       const HetPart *part,
                                       const char *which, GError **error)
{
    const HetConsolePort *port = het_console_find(ports, part, which, error);

    if (port && !port->alias) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "processor '%s' is not running", part->name);
        return NULL;
    }
    return port;
}

static HetPart *find_part(virConnectPtr conn, const HetDefined *defined,
                          const char *name, GError **error)
{
    HetPart *part = het_defined_part(defined, name, error);

    if (part && !het_part_is_active(part)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "processor '%s' of soc '%s' is not running", part->name,
                    defined->name);
        return NULL;
    }
    return part;
}

static gboolean run_port(HetCli *cli, virConnectPtr conn,
                         const HetDefined *defined, const HetPart *part,
                         GError **error)
{
    g_autoptr(GPtrArray) ports = het_console_list(defined, part, error);
    const HetConsolePort *port =
        ports ? find_port(ports, part, het_cli_string(cli, "serial"), error)
              : NULL;
    g_auto(HetConsole) c = {
        .input = g_byte_array_new(), .watch = -1,
        .is_read_only = het_cli_flag(cli, "read-only"),
        .is_raw = het_cli_flag(cli, "raw") && !isatty(STDIN_FILENO),
    };

    if (!port) {
        return FALSE;
    }
    if (c.is_read_only) {
        return run_read_only(conn, part, port, &c, error);
    }
    if (isatty(STDIN_FILENO)) {
        het_cli_say(cli, "console of '%s' in soc '%s', Ctrl+] leaves",
                    part->name, defined->name);
        fflush(stdout);
    }
    return run_console(conn, part, port, &c, error);
}

static gboolean run(HetCli *cli, GError **error)
{
    g_autoptr(HetDefined) defined = NULL;
    virConnectPtr conn;
    HetPart *part;

    /* Streams need an event loop, and that before the connection. */
    virEventRegisterDefaultImpl();
    conn = het_cli_connect(cli, error);
    defined = conn ? het_defined_find(conn, het_cli_arg(cli, 0), error)
                   : NULL;
    part = defined ? find_part(conn, defined, het_cli_arg(cli, 1), error)
                   : NULL;
    return part && run_port(cli, conn, defined, part, error);
}

static const HetCliOption options[] = {
    { "serial", 0, HET_OPTION_STRING, "N|NAME",
      "which serial port, from 0, or the <device> that it is (default: 0)" },
    { "raw", 0, HET_OPTION_FLAG, NULL,
      "for programs: all bytes of a pipe, and its end is the end" },
    { "read-only", 0, HET_OPTION_FLAG, NULL,
      "read along, while another has the console" },
    { 0 }
};

const HetCommand het_cmd_console = {
    .name = "console",
    .args = "SOC PROCESSOR",
    .min_args = 2,
    .max_args = 2,
    .summary = "Connect to the console of a processor",
    .options = options,
    .run = run,
    .place = HET_THERE_KEYS,
};
