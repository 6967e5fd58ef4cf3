/*
 * hetctl that another host's hetctl has started, over ssh
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "remote/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/sent-files.h"
#include "remote/inbox.h"
#include "remote/job.h"
#include "util/error.h"
#include "util/interrupt.h"
#include "util/write-all.h"

#define BEAT_US (5 * G_USEC_PER_SEC)
#define TICK_MS 1000
/* What a command gets to undo what it has begun, when nobody waits for it */
#define UNDO_US (120 * G_USEC_PER_SEC)
/* How long the end may take to get there */
#define FINISH_MS 30000

typedef struct {
    HetWire *wire;
    gboolean has_hello;
    gboolean is_lost;           /* the other end is gone */
    gint64 lost_at;
    gint64 said;                /* when the last beat went */
    HetInbox *inbox;            /* NULL: nothing was sent yet */
    HetRequest *request;        /* NULL: not yet */
    HetJob *job;
    GByteArray *input;          /* for the job */
    gboolean input_ended;
    int file;                   /* that is being received, or -1 */
    guint files;
    guint64 bytes;
} Server;

static void server_clear(Server *s)
{
    het_job_free(s->job);
    if (s->file >= 0) {
        close(s->file);
    }
    het_inbox_free(s->inbox);
    het_request_free(s->request);
    g_byte_array_unref(s->input);
    het_wire_free(s->wire);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Server, server_clear)

static gboolean senseless(GError **error)
{
    g_set_error_literal(error, HET_ERROR, HET_ERROR_FAILED,
                        "what was sent makes no sense");
    return FALSE;
}

/* ---- files ---- */

/* The first frame that needs it says whether it is kept: see take_keep(). */
static gboolean need_inbox(Server *s, GError **error)
{
    if (!s->inbox) {
        s->inbox = het_inbox_new(NULL, error);
    }
    return s->inbox != NULL;
}

static gboolean take_file(Server *s, GVariant *body, GError **error)
{
    const char *path = g_variant_get_bytestring(body);

    if (!het_request_path_is_clean(path) || s->file >= 0 || s->request ||
        ++s->files > HET_REQUEST_FILES_MAX) {
        return senseless(error);
    }
    if (!need_inbox(s, error)) {
        return FALSE;
    }
    s->file = het_inbox_make_file(s->inbox, path, error);
    return s->file >= 0;
}

static gboolean take_file_data(Server *s, gconstpointer data, gsize size,
                               GError **error)
{
    s->bytes += size;
    if (s->file < 0 || s->bytes > HET_REQUEST_BYTES_MAX) {
        return senseless(error);
    }
    if (!het_write_all(s->file, data, size, error)) {
        g_prefix_error(error, "cannot keep a file that was sent: ");
        return FALSE;
    }
    return TRUE;
}

static gboolean end_file(Server *s, GError **error)
{
    int fd = s->file;

    s->file = -1;
    if (fd < 0) {
        return senseless(error);
    }
    if (close(fd) < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot keep a file that was sent: %s",
                    g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

/* Of what stays hetctl there, not its user, says where. */
static gboolean take_keep(Server *s, GVariant *body, GError **error)
{
    const char *uri = g_variant_get_string(body, NULL);
    g_autoptr(GUri) parsed = g_uri_parse(uri, G_URI_FLAGS_NONE, NULL);
    g_autofree char *folder = het_sent_folder(
        parsed && !strcmp(g_uri_get_path(parsed), "/system"));

    if (s->inbox) {
        return senseless(error);
    }
    s->inbox = het_inbox_new(folder, error);
    return s->inbox != NULL;
}

/* ---- the command ---- */

static gboolean make_folders(Server *s, GError **error)
{
    if (!het_inbox_make_folder(s->inbox, s->request->folder, error)) {
        return FALSE;
    }
    for (guint i = 0; i < s->request->outputs->len; i++) {
        const HetRequestOutput *output = s->request->outputs->pdata[i];
        g_autofree char *folder = g_path_get_dirname(output->path);

        if (!het_inbox_make_folder(s->inbox, folder, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean take_run(Server *s, GVariant *body, GError **error)
{
    if (s->request || s->file >= 0) {
        return senseless(error);
    }
    s->request = het_request_from_variant(body);
    if (!s->request) {
        return senseless(error);
    }
    if (!need_inbox(s, error) || !make_folders(s, error)) {
        return FALSE;
    }
    if (s->request->keeps_files) {
        het_inbox_keep(s->inbox);
    }
    s->job = het_job_new(s->request, het_inbox_root(s->inbox),
                         het_inbox_held(s->inbox), error);
    return s->job != NULL;
}

static gboolean take_input(Server *s, gconstpointer data, gsize size,
                           GError **error)
{
    if (s->input->len + size > HET_WIRE_CREDIT) {
        return senseless(error);
    }
    g_byte_array_append(s->input, data, size);
    return TRUE;
}

static gboolean take_data(Server *s, GVariant *body, GError **error)
{
    g_autoptr(GVariant) bytes = g_variant_get_child_value(body, 1);
    gsize size;
    gconstpointer data = g_variant_get_fixed_array(bytes, &size, 1);
    guchar stream;

    g_variant_get_child(body, 0, "y", &stream);
    return stream == HET_STREAM_FILE ? take_file_data(s, data, size, error)
           : stream == HET_STREAM_INPUT ? take_input(s, data, size, error)
           : senseless(error);
}

/* Of input it has ended; of output nobody reads it. */
static gboolean take_end(Server *s, GVariant *body, GError **error)
{
    guint stream = g_variant_get_byte(body);

    if (stream == HET_STREAM_FILE) {
        return end_file(s, error);
    }
    if (stream >= HET_STREAMS || !s->job) {
        return senseless(error);
    }
    if (stream == HET_STREAM_INPUT) {
        s->input_ended = TRUE;
    } else {
        het_job_close(s->job, stream);
    }
    return TRUE;
}

static void take_signal(Server *s, GVariant *body)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
    guint which = g_variant_get_byte(body);

    if (s->job && which < G_N_ELEMENTS(numbers)) {
        het_job_signal(s->job, numbers[which]);
    }
}

static void take_size(Server *s, GVariant *body)
{
    guint16 rows, columns;

    g_variant_get(body, "(qq)", &rows, &columns);
    if (s->job) {
        het_job_resize(s->job, rows, columns);
    }
}

static gboolean take_frame(Server *s, const HetFrame *frame, GError **error)
{
    switch (frame->type) {
    case HET_FRAME_KEEP:
        return take_keep(s, frame->body, error);
    case HET_FRAME_FILE:
        return take_file(s, frame->body, error);
    case HET_FRAME_RUN:
        return take_run(s, frame->body, error);
    case HET_FRAME_DATA:
        return take_data(s, frame->body, error);
    case HET_FRAME_END:
        return take_end(s, frame->body, error);
    case HET_FRAME_SIGNAL:
        take_signal(s, frame->body);
        return TRUE;
    case HET_FRAME_SIZE:
        take_size(s, frame->body);
        return TRUE;
    default:
        return senseless(error);
    }
}

static gboolean take_frames(Server *s, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (!s->has_hello) {
        s->has_hello = het_wire_take_hello(s->wire, "of the user", &why);
    }
    while (s->has_hello && !why) {
        g_auto(HetFrame) frame = { 0 };

        if (!het_wire_take(s->wire, &frame, &why)) {
            break;
        }
        if (!take_frame(s, &frame, error)) {
            return FALSE;
        }
    }
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return TRUE;
}

/* ---- streams of the command ---- */

static void give_input(Server *s)
{
    ssize_t n = 0;

    if (s->input->len && s->job->input >= 0) {
        n = write(s->job->input, s->input->data, s->input->len);
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            /* It reads no more. */
            het_job_end_input(s->job);
        }
    }
    if (s->job->input < 0) {
        n = s->input->len;
    }
    if (n > 0) {
        g_byte_array_remove_range(s->input, 0, n);
        het_wire_send(s->wire, HET_FRAME_CREDIT, g_variant_new_uint32(n));
    }
    if (s->input_ended && !s->input->len) {
        het_job_end_input(s->job);
    }
}

/* FALSE: there is nothing now */
static gboolean take_output(Server *s, HetStream stream)
{
    g_autofree char *data = g_malloc(HET_WIRE_CHUNK);
    ssize_t n = read(s->job->from[stream], data, HET_WIRE_CHUNK);

    if (n > 0) {
        if (!s->is_lost) {
            het_wire_send_data(s->wire, stream, data, n);
        }
        return TRUE;
    }
    /* A terminal that nobody has open any more says so by an error. */
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        het_job_close(s->job, stream);
    }
    return FALSE;
}

static gboolean wants_output(const Server *s, HetStream stream)
{
    return s->job && s->job->from[stream] >= 0 &&
           (s->is_lost || het_wire_queued(s->wire) < HET_WIRE_QUEUE_MAX);
}

/* ---- the loop ---- */

static void lose(Server *s)
{
    if (!s->is_lost) {
        s->is_lost = TRUE;
        s->lost_at = g_get_monotonic_time();
        if (s->job) {
            het_job_signal(s->job, SIGHUP);
        }
    }
}

static gboolean hear(Server *s, GError **error)
{
    gboolean is_open = het_wire_fill(s->wire);

    if (!take_frames(s, error)) {
        return FALSE;
    }
    if (!is_open) {
        lose(s);
    }
    return TRUE;
}

static void beat(Server *s)
{
    gint64 now = g_get_monotonic_time();

    if (now - s->said >= BEAT_US) {
        s->said = now;
        if (!het_wire_queued(s->wire)) {
            het_wire_send(s->wire, HET_FRAME_BEAT,
                          g_variant_new_tuple(NULL, 0));
        }
    }
}

static gboolean wait_once(Server *s, GError **error)
{
    struct pollfd fds[] = {
        { .fd = s->is_lost ? -1 : het_wire_in(s->wire), .events = POLLIN },
        { .fd = !s->is_lost && het_wire_queued(s->wire)
                ? het_wire_out(s->wire) : -1, .events = POLLOUT },
        { .fd = s->job && s->input->len ? s->job->input : -1,
          .events = POLLOUT },
        { .fd = s->job ? s->job->ended : -1, .events = POLLIN },
        { .fd = wants_output(s, 1) ? s->job->from[1] : -1, .events = POLLIN },
        { .fd = wants_output(s, 2) ? s->job->from[2] : -1, .events = POLLIN },
        { .fd = wants_output(s, 3) ? s->job->from[3] : -1, .events = POLLIN },
    };

    if (poll(fds, G_N_ELEMENTS(fds), TICK_MS) < 0) {
        return TRUE;
    }
    for (int i = 1; i <= 3; i++) {
        if (fds[3 + i].revents) {
            take_output(s, i);
        }
    }
    return !fds[0].revents || hear(s, error);
}

static gboolean is_over(Server *s)
{
    gint64 now = g_get_monotonic_time();

    if (!s->job) {
        return s->is_lost;
    }
    if (s->is_lost && now - s->lost_at > UNDO_US) {
        het_job_signal(s->job, SIGKILL);
    }
    return het_job_check(s->job);
}

static gboolean run(Server *s, GError **error)
{
    while (!is_over(s)) {
        if (!wait_once(s, error)) {
            return FALSE;
        }
        if (s->job) {
            give_input(s);
        }
        if (!s->is_lost) {
            beat(s);
            if (!het_wire_flush(s->wire)) {
                lose(s);
            }
        }
        /* Somebody wants this hetctl to end, and so its command. */
        if (het_interrupt_take()) {
            lose(s);
        }
    }
    return TRUE;
}

/* ---- the end ---- */

/*
 * All that is queued.  Whoever looks at a page of it may take as long as he
 * likes.  FALSE: nobody is there any more.
 */
static gboolean deliver(Server *s)
{
    while (!s->is_lost && het_wire_queued(s->wire)) {
        struct pollfd fds[] = {
            { .fd = het_wire_in(s->wire), .events = POLLIN },
            { .fd = het_wire_out(s->wire), .events = POLLOUT },
        };

        if (poll(fds, G_N_ELEMENTS(fds), TICK_MS) < 0) {
            fds[0].revents = 0;
        }
        if ((fds[0].revents && !hear(s, NULL)) ||
            !het_wire_flush(s->wire) || het_interrupt_take()) {
            lose(s);
        }
    }
    return !s->is_lost;
}

/* What it had said before its end */
static gboolean drain(Server *s)
{
    for (int i = 0; i < HET_STREAMS; i++) {
        while (s->job->from[i] >= 0 && take_output(s, i)) {
            if (!deliver(s)) {
                return FALSE;
            }
        }
    }
    return deliver(s);
}

/* Nothing half: what is cut off has no end.  That there is none shows there. */
static gboolean send_output(Server *s, const char *path, GError **error)
{
    g_autofree char *data = g_malloc(HET_WIRE_CHUNK);
    int fd = het_inbox_open(s->inbox, path);
    ssize_t n = 0;

    if (fd < 0) {
        return TRUE;
    }
    het_wire_send(s->wire, HET_FRAME_OUTPUT, g_variant_new_bytestring(path));
    while (deliver(s) && (n = read(fd, data, HET_WIRE_CHUNK)) > 0) {
        het_wire_send_data(s->wire, HET_STREAM_FILE, data, n);
    }
    if (n < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot send '%s' back: %s", path, g_strerror(errno));
    } else if (!s->is_lost) {
        het_wire_send(s->wire, HET_FRAME_END,
                      g_variant_new_byte(HET_STREAM_FILE));
    }
    close(fd);
    return n == 0;
}

static gboolean send_outputs(Server *s, GError **error)
{
    for (guint i = 0; i < s->request->outputs->len; i++) {
        const HetRequestOutput *output = s->request->outputs->pdata[i];

        if (!send_output(s, output->path, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static void send_error(Server *s, const GError *error)
{
    g_autofree char *text = g_utf8_make_valid(error->message, -1);

    het_wire_send(s->wire, HET_FRAME_ERROR,
                  g_variant_new("(ys)", het_error_exit_code(error), text));
}

/* Nothing is left here once the other end hears of the end. */
static void end_job(Server *s)
{
    int status = s->job->status;
    gboolean by_signal = WIFSIGNALED(status);
    guchar number = by_signal ? WTERMSIG(status) : WEXITSTATUS(status);
    gboolean ok = !by_signal && number == 0;
    g_autoptr(GError) error = NULL;

    if (drain(s) && ok) {
        send_outputs(s, &error);
    }
    if (!ok) {
        het_inbox_drop(s->inbox);
    }
    g_clear_pointer(&s->inbox, het_inbox_free);
    if (error) {
        send_error(s, error);
    } else {
        het_wire_send(s->wire, HET_FRAME_EXIT,
                      g_variant_new("(by)", by_signal, number));
    }
    deliver(s);
}

static void end_with(Server *s, const GError *error)
{
    lose(s);
    for (int i = 0; s->job && i < HET_STREAMS; i++) {
        het_job_close(s->job, i);
    }
    while (s->job && !is_over(s)) {
        g_usleep(10 * 1000);
    }
    if (s->inbox) {
        het_inbox_drop(s->inbox);
        g_clear_pointer(&s->inbox, het_inbox_free);
    }
    send_error(s, error);
    het_wire_finish(s->wire, FINISH_MS);
}

void het_remote_serve(void)
{
    g_auto(Server) s = {
        .wire = het_wire_new(STDIN_FILENO, STDOUT_FILENO),
        .input = g_byte_array_new(), .file = -1,
        .said = g_get_monotonic_time(),
    };
    g_autoptr(GError) error = NULL;

    het_interrupt_catch();
    het_wire_hello(s.wire);
    if (!run(&s, &error)) {
        end_with(&s, error);
    } else if (s.job) {
        end_job(&s);
    }
}
