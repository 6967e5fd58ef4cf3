/*
 * A command that the hetctl of another host does, as if it were done here
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "remote/client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "remote/ssh.h"
#include "util/error.h"
#include "util/interrupt.h"
#include "util/out-file.h"
#include "util/write-all.h"

/* Somebody may have to type a password. */
#define HELLO_US (120 * G_USEC_PER_SEC)
/* There comes a beat every few seconds. */
#define SILENCE_US (30 * G_USEC_PER_SEC)
#define TICK_MS 500

typedef struct {
    const HetSshUri *uri;
    HetRequest *request;
    HetSsh *ssh;
    HetWire *wire;
    gboolean has_hello;
    gint64 silence;             /* waited since something came last */
    guint next_file;
    int file;                   /* that is being sent, or -1 */
    gboolean is_running;
    guint credit;               /* bytes of input that may be sent */
    gboolean input_ended;
    gboolean is_closed[HET_STREAMS];    /* nobody reads it here */
    int terminal;               /* descriptor of it, or -1 */
    GPtrArray *outputs;         /* HetOutFile, as those of the request */
    HetOutFile *output;         /* that is being brought, or NULL */
    gboolean is_done;
    int code;
} Session;

static void session_clear(Session *s)
{
    if (s->file >= 0) {
        close(s->file);
    }
    g_ptr_array_unref(s->outputs);
    het_ssh_free(s->ssh);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Session, session_clear)

/* ---- the terminal ---- */

static volatile sig_atomic_t was_resized;

static void on_resize(int number)
{
    was_resized = 1;
}

/* Output goes to what shows it; input alone has at least a size. */
static int find_terminal(guint8 *terminals)
{
    static const int order[] = { STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO };
    int found = -1;

    *terminals = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
        if (isatty(order[i])) {
            *terminals |= 1 << order[i];
            found = found < 0 ? order[i] : found;
        }
    }
    return found;
}

static void get_size(const Session *s, guint16 *rows, guint16 *columns)
{
    struct winsize size = { 0 };

    if (s->terminal >= 0 && ioctl(s->terminal, TIOCGWINSZ, &size) == 0) {
        *rows = size.ws_row;
        *columns = size.ws_col;
    }
}

static void send_size(Session *s)
{
    guint16 rows = 0, columns = 0;

    get_size(s, &rows, &columns);
    het_wire_send(s->wire, HET_FRAME_SIZE,
                  g_variant_new("(qq)", rows, columns));
}

/* ---- files ---- */

static gboolean open_file(Session *s, const char *path, GError **error)
{
    s->file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (s->file < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot read '%s': %s", path, g_strerror(errno));
        return FALSE;
    }
    het_wire_send(s->wire, HET_FRAME_FILE, g_variant_new_bytestring(path));
    return TRUE;
}

static gboolean send_chunk(Session *s, const char *path, GError **error)
{
    g_autofree char *data = g_malloc(HET_WIRE_CHUNK);
    ssize_t n;

    do {
        n = read(s->file, data, HET_WIRE_CHUNK);
    } while (n < 0 && errno == EINTR && !het_interrupted(error));
    if (n < 0) {
        if (!error || !*error) {
            g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                        "cannot read '%s': %s", path, g_strerror(errno));
        }
        return FALSE;
    }
    if (n > 0) {
        het_wire_send_data(s->wire, HET_STREAM_FILE, data, n);
        return TRUE;
    }
    close(s->file);
    s->file = -1;
    s->next_file++;
    het_wire_send(s->wire, HET_FRAME_END,
                  g_variant_new_byte(HET_STREAM_FILE));
    return TRUE;
}

static gboolean send_files(Session *s, GError **error)
{
    while (s->next_file < s->request->files->len &&
           het_wire_queued(s->wire) < HET_WIRE_QUEUE_MAX) {
        const char *path = s->request->files->pdata[s->next_file];

        if (s->file < 0 ? !open_file(s, path, error)
                        : !send_chunk(s, path, error)) {
            return FALSE;
        }
    }
    if (s->next_file == s->request->files->len) {
        get_size(s, &s->request->rows, &s->request->columns);
        het_wire_send(s->wire, HET_FRAME_RUN,
                      het_request_to_variant(s->request));
        s->is_running = TRUE;
    }
    return TRUE;
}

/* Before anything is done there */
static gboolean open_outputs(Session *s, GError **error)
{
    for (guint i = 0; i < s->request->outputs->len; i++) {
        const HetRequestOutput *output = s->request->outputs->pdata[i];
        HetOutFile *out = het_out_file_open(output->name, error);

        if (!out) {
            return FALSE;
        }
        g_ptr_array_add(s->outputs, out);
    }
    return TRUE;
}

static gboolean begin_output(Session *s, GVariant *body, GError **error)
{
    const char *path = g_variant_get_bytestring(body);

    s->output = NULL;
    for (guint i = 0; i < s->outputs->len; i++) {
        HetRequestOutput *output = s->request->outputs->pdata[i];

        if (!strcmp(output->path, path) && !output->is_brought) {
            s->output = s->outputs->pdata[i];
            output->is_brought = TRUE;
            break;
        }
    }
    if (!s->output) {
        g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                    "host '%s' sends a file that was not asked for",
                    s->uri->host);
    }
    return s->output != NULL;
}

/* ---- what comes from there ---- */

/* There the writer is told as here, by what reads its output. */
static void close_stream(Session *s, HetStream stream)
{
    if (!s->is_closed[stream]) {
        s->is_closed[stream] = TRUE;
        het_wire_send(s->wire, HET_FRAME_END, g_variant_new_byte(stream));
    }
}

static int stream_fd(const Session *s, HetStream stream)
{
    return stream == HET_STREAM_OUTPUT ? STDOUT_FILENO
           : stream == HET_STREAM_ERRORS ? STDERR_FILENO
           : stream == HET_STREAM_TERMINAL ? s->terminal : -1;
}

static gboolean take_data(Session *s, GVariant *body, GError **error)
{
    g_autoptr(GVariant) bytes = g_variant_get_child_value(body, 1);
    gsize size;
    gconstpointer data = g_variant_get_fixed_array(bytes, &size, 1);
    guchar stream;
    int fd;

    g_variant_get_child(body, 0, "y", &stream);
    if (stream == HET_STREAM_FILE) {
        return !s->output || het_write_all(het_out_file_get_fd(s->output),
                                           data, size, error);
    }
    fd = stream < HET_STREAMS ? stream_fd(s, stream) : -1;
    if (fd >= 0 && !s->is_closed[stream] &&
        !het_write_all(fd, data, size, NULL)) {
        if (het_interrupted(error)) {
            return FALSE;
        }
        close_stream(s, stream);
    }
    return TRUE;
}

static gboolean end_output(Session *s, GError **error)
{
    gboolean ok = !s->output || het_out_file_commit(s->output, error);

    s->output = NULL;
    return ok;
}

/* Of success, which is one of all that was asked for */
static gboolean check_outputs(const Session *s, GError **error)
{
    for (guint i = 0; i < s->request->outputs->len; i++) {
        const HetRequestOutput *output = s->request->outputs->pdata[i];

        if (!output->is_brought || s->output) {
            g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                        "host '%s' has not sent '%s'", s->uri->host,
                        output->name);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean take_exit(Session *s, GVariant *body, GError **error)
{
    gboolean by_signal;
    guchar number;

    g_variant_get(body, "(by)", &by_signal, &number);
    if (by_signal) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "hetctl of host '%s' was ended by a signal: %s",
                    s->uri->host, g_strsignal(number));
        return FALSE;
    }
    if (number > HET_ERROR_TIMEOUT) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "hetctl of host '%s' ended with code %d, which is none of "
                    "hetctl's", s->uri->host, number);
        return FALSE;
    }
    s->is_done = TRUE;
    s->code = number;
    return number || check_outputs(s, error);
}

/* It is of the host: say which. */
static gboolean take_error(const Session *s, GVariant *body, GError **error)
{
    const char *text;
    guchar code;

    g_variant_get(body, "(y&s)", &code, &text);
    g_set_error(error, HET_ERROR, code && code <= HET_ERROR_TIMEOUT
                                  ? code : HET_ERROR_FAILED,
                "host '%s': %s", s->uri->host, text);
    return FALSE;
}

static void take_credit(Session *s, GVariant *body)
{
    guint32 more = g_variant_get_uint32(body);

    s->credit = MIN((guint64)s->credit + more, HET_WIRE_CREDIT);
}

static gboolean take_frame(Session *s, const HetFrame *frame, GError **error)
{
    switch (frame->type) {
    case HET_FRAME_DATA:
        return take_data(s, frame->body, error);
    case HET_FRAME_OUTPUT:
        return begin_output(s, frame->body, error);
    case HET_FRAME_END:
        return end_output(s, error);
    case HET_FRAME_CREDIT:
        take_credit(s, frame->body);
        return TRUE;
    case HET_FRAME_EXIT:
        return take_exit(s, frame->body, error);
    case HET_FRAME_ERROR:
        return take_error(s, frame->body, error);
    default:
        return TRUE;
    }
}

/* FALSE without an error: it said no more */
static gboolean take_frames(Session *s, GError **error)
{
    g_autoptr(GError) why = NULL;

    while (!s->is_done) {
        g_auto(HetFrame) frame = { 0 };

        if (!het_wire_take(s->wire, &frame, &why)) {
            break;
        }
        if (!take_frame(s, &frame, error)) {
            return FALSE;
        }
    }
    if (why) {
        g_propagate_prefixed_error(error, g_steal_pointer(&why),
                                   "host '%s': ", s->uri->host);
        return FALSE;
    }
    return TRUE;
}

static gboolean take_hello(Session *s, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (het_wire_take_hello(s->wire, s->uri->host, &why)) {
        s->has_hello = TRUE;
        het_wire_hello(s->wire);
        if (s->request->keeps_files) {
            het_wire_send(s->wire, HET_FRAME_KEEP,
                          g_variant_new_string(s->request->uri));
        }
    }
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return TRUE;
}

static gboolean hear(Session *s, GError **error)
{
    gboolean is_open = het_wire_fill(s->wire);

    s->silence = 0;
    if ((!s->has_hello && !take_hello(s, error)) ||
        (s->has_hello && !take_frames(s, error))) {
        return FALSE;
    }
    return is_open || s->is_done ||
           het_ssh_set_error(s->ssh, !s->has_hello, error);
}

/* ---- what goes there ---- */

static void read_input(Session *s)
{
    g_autofree char *data = g_malloc(HET_WIRE_CHUNK);
    ssize_t n = read(STDIN_FILENO, data, MIN(s->credit, HET_WIRE_CHUNK));

    if (n > 0) {
        het_wire_send_data(s->wire, HET_STREAM_INPUT, data, n);
        s->credit -= n;
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
        s->input_ended = TRUE;
        het_wire_send(s->wire, HET_FRAME_END,
                      g_variant_new_byte(HET_STREAM_INPUT));
    }
}

static gboolean pass_signal(Session *s, GError **error)
{
    int number;

    /* One that comes after it counts for the command. */
    if (!s->is_running && het_interrupted(error)) {
        return FALSE;
    }
    number = s->is_running ? het_interrupt_take() : 0;
    if (number) {
        HetWireSignal signal = number == SIGINT ? HET_WIRE_INTERRUPT
                               : number == SIGTERM ? HET_WIRE_TERMINATE
                               : HET_WIRE_HANGUP;

        het_wire_send(s->wire, HET_FRAME_SIGNAL, g_variant_new_byte(signal));
    }
    if (s->is_running && was_resized) {
        was_resized = 0;
        send_size(s);
    }
    return TRUE;
}

static gboolean wants_input(const Session *s)
{
    return s->is_running && s->request->reads_input && !s->input_ended &&
           s->credit;
}

/* Time in which nobody listened, as when output is not read, is none. */
static gboolean check_silence(Session *s, gint64 before, GError **error)
{
    gint64 limit = s->has_hello ? SILENCE_US : HELLO_US;
    gint64 waited = g_get_monotonic_time() - before;

    s->silence += MIN(waited, TICK_MS * 1000);
    if (s->silence < limit) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                "host '%s' has said nothing for %d seconds", s->uri->host,
                (int)(limit / G_USEC_PER_SEC));
    return FALSE;
}

static gboolean wait_once(Session *s, GError **error)
{
    struct pollfd fds[] = {
        { .fd = het_wire_in(s->wire), .events = POLLIN },
        { .fd = het_wire_queued(s->wire) ? het_wire_out(s->wire) : -1,
          .events = POLLOUT },
        { .fd = wants_input(s) ? STDIN_FILENO : -1, .events = POLLIN },
        { .fd = het_ssh_errors(s->ssh), .events = POLLIN },
        { .fd = het_interrupt_fd(), .events = POLLIN },
    };

    gint64 before = g_get_monotonic_time();

    if (poll(fds, G_N_ELEMENTS(fds), TICK_MS) < 0) {
        return TRUE;
    }
    if (fds[3].revents) {
        het_ssh_read_errors(s->ssh);
    }
    /* First: a host that always says something leaves no other time for it. */
    if (fds[2].revents) {
        read_input(s);
    }
    return fds[0].revents ? hear(s, error)
                          : check_silence(s, before, error);
}

static gboolean step(Session *s, GError **error)
{
    if (!pass_signal(s, error) ||
        (s->has_hello && !s->is_running && !send_files(s, error)) ||
        !wait_once(s, error)) {
        return FALSE;
    }
    /* When nobody reads, the reason is on its way. */
    het_wire_flush(s->wire);
    return TRUE;
}

static gboolean run(Session *s, GError **error)
{
    while (!s->is_done) {
        if (!step(s, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Keys are for the terminal there, which makes signals of them as well. */
static gboolean run_on_terminal(Session *s, GError **error)
{
    struct sigaction resize = { .sa_handler = on_resize }, old;
    struct termios saved, raw;
    gboolean is_raw = s->request->reads_input &&
                      tcgetattr(STDIN_FILENO, &saved) == 0;
    gboolean ok;

    het_interrupt_catch();
    sigaction(SIGWINCH, &resize, &old);
    if (is_raw) {
        raw = saved;
        cfmakeraw(&raw);
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    }
    ok = run(s, error);
    if (is_raw) {
        tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
    }
    sigaction(SIGWINCH, &old, NULL);
    het_interrupt_release();
    return ok;
}

gboolean het_client_run(const HetSshUri *uri, HetRequest *request, int *code,
                        GError **error)
{
    g_auto(Session) s = {
        .uri = uri, .request = request, .file = -1,
        .credit = HET_WIRE_CREDIT,
        .outputs = g_ptr_array_new_with_free_func(
            (GDestroyNotify)het_out_file_free),
    };

    s.terminal = find_terminal(&request->terminals);
    if (!open_outputs(&s, error)) {
        return FALSE;
    }
    s.ssh = het_ssh_new(uri, error);
    if (!s.ssh) {
        return FALSE;
    }
    s.wire = het_ssh_wire(s.ssh);
    if (!run_on_terminal(&s, error)) {
        return FALSE;
    }
    *code = s.code;
    return TRUE;
}
