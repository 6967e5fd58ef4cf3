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
#include "domain/defined.h"
#include "soc/xpath.h"
#include "util/error.h"
#include "util/interrupt.h"

#define ESCAPE 0x1d             /* Ctrl+] */
#define CHUNK 4096

typedef struct {
    virStreamPtr stream;
    GByteArray *input;          /* typed, not yet taken by the stream */
    int watch;
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

static gboolean write_out(const char *data, gsize size)
{
    while (size) {
        ssize_t n = write(STDOUT_FILENO, data, size);

        if (n < 0 && errno != EINTR) {
            return FALSE;
        }
        if (n > 0) {
            data += n;
            size -= n;
        }
    }
    return TRUE;
}

static void take_output(HetConsole *c)
{
    char data[CHUNK];
    int n = virStreamRecv(c->stream, data, sizeof(data));

    if (n == 0) {
        end(c, NULL);           /* the processor ended */
    } else if (n == -1) {
        end(c, virGetLastErrorMessage());
    } else if (n > 0 && !write_out(data, n)) {
        end(c, g_strerror(errno));
    }
}

static void give_input(HetConsole *c)
{
    int n = virStreamSend(c->stream, (char *)c->input->data, c->input->len);

    if (n == -1) {
        end(c, virGetLastErrorMessage());
    } else if (n > 0) {
        g_byte_array_remove_range(c->input, 0, n);
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
    guint8 *escape = n > 0 ? memchr(data, ESCAPE, n) : NULL;

    if (n < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            end(c, g_strerror(errno));
        }
        return;
    }
    if (n == 0) {
        /* A script's input is over; what the processor says goes on. */
        virEventRemoveHandle(watch);
        c->watch = -1;
        return;
    }
    if (escape) {
        end(c, NULL);
        return;
    }
    g_byte_array_append(c->input, data, n);
    want_events(c);
}

/* Wakes the loop so that a signal is seen. */
static void on_timer(int timer, void *opaque)
{
}

static gboolean run_loop(HetConsole *c, GError **error)
{
    int timer = virEventAddTimeout(200, on_timer, NULL, NULL);

    c->watch = virEventAddHandle(STDIN_FILENO, VIR_EVENT_HANDLE_READABLE |
                                 VIR_EVENT_HANDLE_HANGUP, on_input, c, NULL);
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
    gboolean is_terminal = tcgetattr(STDIN_FILENO, &saved) == 0;
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

static gboolean run_console(virConnectPtr conn, const HetPart *part,
                            GError **error)
{
    g_auto(HetConsole) c = { .input = g_byte_array_new(), .watch = -1 };
    gboolean ok;

    c.stream = virStreamNew(conn, VIR_STREAM_NONBLOCK);
    if (!c.stream ||
        virDomainOpenConsole(part->domain, NULL, c.stream, 0) < 0) {
        het_conn_set_error(error, HET_ERROR_FAILED,
                           "cannot open the console of '%s'", part->name);
        return FALSE;
    }
    if (virStreamEventAddCallback(c.stream, VIR_STREAM_EVENT_READABLE |
                                  VIR_STREAM_EVENT_HANGUP |
                                  VIR_STREAM_EVENT_ERROR, on_stream, &c,
                                  NULL) < 0) {
        het_conn_set_error(error, HET_ERROR_FAILED,
                           "cannot watch the console of '%s'", part->name);
        virStreamAbort(c.stream);
        return FALSE;
    }
    ok = run_on_terminal(&c, error);
    virStreamEventRemoveCallback(c.stream);
    virStreamAbort(c.stream);
    if (c.failure) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "console of '%s': %s", part->name, c.failure);
        return FALSE;
    }
    return ok;
}

static gboolean require_console(const HetPart *part, const char *soc,
                                GError **error)
{
    g_autofree char *xml = NULL;
    g_autofree char *type = NULL;

    if (!het_part_is_active(part)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "processor '%s' of soc '%s' is not running", part->name,
                    soc);
        return FALSE;
    }
    xml = virDomainGetXMLDesc(part->domain, 0);
    type = het_xpath_string(xml, "string(/domain/devices/console/@type | "
                            "/domain/devices/serial/@type)");
    if (!type) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "processor '%s' of soc '%s' has no console; <serial "
                    "type='pty'/> among its <devices> gives it one",
                    part->name, soc);
        return FALSE;
    }
    return TRUE;
}

static gboolean run(HetCli *cli, GError **error)
{
    g_autoptr(HetDefined) defined = NULL;
    const char *soc = het_cli_arg(cli, 0);
    virConnectPtr conn;
    HetPart *part;

    /* Streams need an event loop, and that before the connection. */
    virEventRegisterDefaultImpl();
    conn = het_cli_connect(cli, error);
    defined = conn ? het_defined_find(conn, soc, error) : NULL;
    part = defined ? het_defined_part(defined, het_cli_arg(cli, 1), error)
                   : NULL;
    if (!part || !require_console(part, soc, error)) {
        return FALSE;
    }
    if (isatty(STDIN_FILENO)) {
        het_cli_say(cli, "console of '%s' in soc '%s', Ctrl+] leaves",
                    part->name, soc);
        fflush(stdout);
    }
    return run_console(conn, part, error);
}

const HetCommand het_cmd_console = {
    .name = "console",
    .args = "SOC PROCESSOR",
    .min_args = 2,
    .max_args = 2,
    .summary = "Connect to the console of a processor",
    .run = run,
};
