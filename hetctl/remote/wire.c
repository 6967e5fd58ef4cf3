/*
 * What the hetctl here and the one of another host say to each other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "remote/wire.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "util/error.h"

#define MAGIC "hetctl-remote "
/* What a shell of the other host may say before */
#define NOISE_MAX (64 * 1024)
#define HEADER 5
/* Letters of a version that are told */
#define VERSION_MAX 40

struct HetWire {
    int in;
    int out;
    GByteArray *read;
    GByteArray *queue;
    gsize done;                 /* bytes of the queue that are written */
};

static const char *const types[HET_FRAME_TYPES] = {
    [HET_FRAME_KEEP] = "s",
    [HET_FRAME_FILE] = "ay",
    [HET_FRAME_RUN] = "a{sv}",
    [HET_FRAME_SIGNAL] = "y",
    [HET_FRAME_SIZE] = "(qq)",
    [HET_FRAME_DATA] = "(yay)",
    [HET_FRAME_END] = "y",
    [HET_FRAME_CREDIT] = "u",
    [HET_FRAME_OUTPUT] = "ay",
    [HET_FRAME_EXIT] = "(by)",
    [HET_FRAME_ERROR] = "(ys)",
    [HET_FRAME_BEAT] = "()",
};

void het_frame_clear(HetFrame *frame)
{
    g_clear_pointer(&frame->body, g_variant_unref);
}

HetWire *het_wire_new(int in, int out)
{
    HetWire *wire = g_new0(HetWire, 1);

    wire->in = in;
    wire->out = out;
    wire->read = g_byte_array_new();
    wire->queue = g_byte_array_new();
    g_unix_set_fd_nonblocking(in, TRUE, NULL);
    g_unix_set_fd_nonblocking(out, TRUE, NULL);
    return wire;
}

void het_wire_free(HetWire *wire)
{
    if (wire) {
        close(wire->in);
        close(wire->out);
        g_byte_array_unref(wire->read);
        g_byte_array_unref(wire->queue);
        g_free(wire);
    }
}

int het_wire_in(const HetWire *wire)
{
    return wire->in;
}

int het_wire_out(const HetWire *wire)
{
    return wire->out;
}

/* ---- out ---- */

static void add(HetWire *wire, gconstpointer data, gsize size)
{
    g_byte_array_append(wire->queue, data, size);
}

void het_wire_hello(HetWire *wire)
{
    g_autofree char *line = g_strdup_printf(MAGIC "%d %s\n",
                                            HET_WIRE_PROTOCOL,
                                            PACKAGE_VERSION);

    add(wire, line, strlen(line));
}

/* In the byte order of the wire, which is a GVariant's host's else */
static GVariant *little_endian(GVariant *body)
{
    return G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_variant_ref(body)
                                           : g_variant_byteswap(body);
}

void het_wire_send(HetWire *wire, HetFrameType type, GVariant *body)
{
    g_autoptr(GVariant) own = g_variant_ref_sink(body);
    g_autoptr(GVariant) swapped = little_endian(own);
    gsize size = g_variant_get_size(swapped);
    guint32 length = GUINT32_TO_BE(size);
    guint8 byte = type;

    add(wire, &byte, 1);
    add(wire, &length, sizeof(length));
    add(wire, g_variant_get_data(swapped), size);
}

void het_wire_send_data(HetWire *wire, HetStream stream, gconstpointer data,
                        gsize size)
{
    GVariant *bytes = g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data,
                                                size, 1);

    het_wire_send(wire, HET_FRAME_DATA,
                  g_variant_new("(y@ay)", (guint)stream, bytes));
}

gsize het_wire_queued(const HetWire *wire)
{
    return wire->queue->len - wire->done;
}

gboolean het_wire_flush(HetWire *wire)
{
    while (het_wire_queued(wire)) {
        ssize_t n = write(wire->out, wire->queue->data + wire->done,
                          het_wire_queued(wire));

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return errno == EAGAIN;
        }
        wire->done += n;
    }
    g_byte_array_set_size(wire->queue, 0);
    wire->done = 0;
    return TRUE;
}

gboolean het_wire_finish(HetWire *wire, guint limit_ms)
{
    gint64 end = g_get_monotonic_time() + (gint64)limit_ms * 1000;

    while (het_wire_flush(wire)) {
        struct pollfd fd = { .fd = wire->out, .events = POLLOUT };
        gint64 left = end - g_get_monotonic_time();

        if (!het_wire_queued(wire)) {
            return TRUE;
        }
        if (left <= 0 || (poll(&fd, 1, left / 1000 + 1) < 0 &&
                          errno != EINTR)) {
            break;
        }
    }
    return FALSE;
}

/* ---- in ---- */

gboolean het_wire_fill(HetWire *wire)
{
    g_autofree guint8 *data = g_malloc(HET_WIRE_CHUNK);
    ssize_t n;

    do {
        n = read(wire->in, data, HET_WIRE_CHUNK);
    } while (n < 0 && errno == EINTR);
    if (n > 0) {
        g_byte_array_append(wire->read, data, n);
    }
    return n > 0 || (n < 0 && errno == EAGAIN);
}

/* "1 0.1.0": the same protocol, and a version of the same first two numbers */
static gboolean check_hello(const char *text, const char *host,
                            GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 2);
    g_auto(GStrv) theirs = words[0] && words[1] ? g_strsplit(words[1], ".", 3)
                                                : NULL;
    g_auto(GStrv) ours = g_strsplit(PACKAGE_VERSION, ".", 3);
    g_autofree char *start = NULL;
    const char *said;

    guint64 protocol;

    if (theirs &&
        g_ascii_string_to_unsigned(words[0], 10, 0, G_MAXUINT64, &protocol,
                                   NULL) &&
        protocol == HET_WIRE_PROTOCOL && !g_strcmp0(theirs[0], ours[0]) && theirs[0] &&
        !g_strcmp0(theirs[1], ours[1])) {
        return TRUE;
    }
    said = words[0] && words[1] ? words[1] : "of no version";
    start = g_utf8_strlen(said, -1) > VERSION_MAX
            ? g_utf8_substring(said, 0, VERSION_MAX) : g_strdup(said);
    g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                "host '%s' has hetctl %s, this one is " PACKAGE_VERSION
                "; install the same version on both", host, start);
    return FALSE;
}

static gboolean no_hello(const char *host, GError **error)
{
    g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                "host '%s' does not answer as hetctl does", host);
    return FALSE;
}

gboolean het_wire_take_hello(HetWire *wire, const char *host, GError **error)
{
    const char *data = (const char *)wire->read->data;
    gsize size = wire->read->len;
    const char *magic = size ? memmem(data, size, MAGIC, strlen(MAGIC)) : NULL;
    const char *end = magic ? memchr(magic, '\n', data + size - magic) : NULL;
    g_autofree char *text = NULL;

    if (!end) {
        return size > NOISE_MAX ? no_hello(host, error) : FALSE;
    }
    magic += strlen(MAGIC);
    if (!g_utf8_validate(magic, end - magic, NULL)) {
        return no_hello(host, error);
    }
    text = g_strndup(magic, end - magic);
    g_byte_array_remove_range(wire->read, 0, end + 1 - data);
    return check_hello(text, host, error);
}

static gboolean bad_frame(GError **error)
{
    g_set_error_literal(error, HET_ERROR, HET_ERROR_LIBVIRT,
                        "what the other hetctl sends makes no sense");
    return FALSE;
}

static GVariant *parse_body(HetFrameType type, const guint8 *data, gsize size)
{
    /* GVariant reads in place, and wants it aligned. */
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autoptr(GVariant) body = g_variant_ref_sink(
        g_variant_new_from_bytes(G_VARIANT_TYPE(types[type]), bytes, FALSE));

    return g_variant_is_normal_form(body) ? little_endian(body) : NULL;
}

gboolean het_wire_take(HetWire *wire, HetFrame *frame, GError **error)
{
    const guint8 *data = wire->read->data;
    guint32 size;

    if (wire->read->len < HEADER) {
        return FALSE;
    }
    memcpy(&size, data + 1, sizeof(size));
    size = GUINT32_FROM_BE(size);
    if (data[0] >= HET_FRAME_TYPES || size > HET_WIRE_FRAME_MAX) {
        return bad_frame(error);
    }
    if (wire->read->len - HEADER < size) {
        return FALSE;
    }
    frame->type = data[0];
    frame->body = parse_body(frame->type, data + HEADER, size);
    g_byte_array_remove_range(wire->read, 0, HEADER + size);
    return frame->body || bad_frame(error);
}
