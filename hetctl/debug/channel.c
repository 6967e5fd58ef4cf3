/*
 * A stream of bytes in the event loop
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/channel.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 4096
#define OUT_MAX (1 << 20)

struct HetChannel {
    int fd;
    HetChannelFunc *func;
    void *opaque;
    GByteArray *out;
    guint in_watch;
    guint out_watch;
    guint end_source;
    gboolean has_ended;
};

static gboolean on_end(gpointer data)
{
    HetChannel *c = data;

    c->end_source = 0;
    het_channel_set_reading(c, FALSE);
    c->func(NULL, 0, c->opaque);
    return G_SOURCE_REMOVE;
}

/* Told from the loop: whoever writes does not expect it. */
static void end(HetChannel *c)
{
    g_clear_handle_id(&c->out_watch, g_source_remove);
    g_byte_array_set_size(c->out, 0);
    if (!c->has_ended) {
        c->has_ended = TRUE;
        c->end_source = g_idle_add(on_end, c);
    }
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
    HetChannel *c = data;
    guint8 bytes[CHUNK];
    ssize_t n = recv(fd, bytes, sizeof(bytes), 0);

    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return G_SOURCE_CONTINUE;
    }
    if (n <= 0) {
        c->in_watch = 0;
        end(c);
        return G_SOURCE_REMOVE;
    }
    c->func(bytes, n, c->opaque);
    return G_SOURCE_CONTINUE;
}

/* FALSE: it has ended */
static gboolean flush(HetChannel *c)
{
    while (c->out->len) {
        ssize_t n = send(c->fd, c->out->data, c->out->len, MSG_NOSIGNAL);

        if (n < 0 && errno == EAGAIN) {
            break;
        }
        if (n < 0 && errno != EINTR) {
            return FALSE;
        }
        if (n > 0) {
            g_byte_array_remove_range(c->out, 0, n);
        }
    }
    return TRUE;
}

static gboolean on_writable(gint fd, GIOCondition condition, gpointer data)
{
    HetChannel *c = data;

    if (!flush(c)) {
        c->out_watch = 0;
        end(c);
        return G_SOURCE_REMOVE;
    }
    if (!c->out->len) {
        c->out_watch = 0;
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

void het_channel_write(HetChannel *c, const guint8 *data, gsize size)
{
    if (c->has_ended || c->out->len + size > OUT_MAX) {
        end(c);
        return;
    }
    g_byte_array_append(c->out, data, size);
    if (!flush(c)) {
        end(c);
    } else if (c->out->len && !c->out_watch) {
        c->out_watch = g_unix_fd_add(c->fd, G_IO_OUT, on_writable, c);
    }
}

void het_channel_set_reading(HetChannel *c, gboolean reading)
{
    if (reading && !c->in_watch && !c->has_ended) {
        c->in_watch = g_unix_fd_add(c->fd, G_IO_IN | G_IO_HUP, on_readable,
                                    c);
    } else if (!reading) {
        g_clear_handle_id(&c->in_watch, g_source_remove);
    }
}

HetChannel *het_channel_new(int fd, HetChannelFunc *func, void *opaque)
{
    HetChannel *c = g_new0(HetChannel, 1);

    c->fd = fd;
    c->func = func;
    c->opaque = opaque;
    c->out = g_byte_array_new();
    g_unix_set_fd_nonblocking(fd, TRUE, NULL);
    het_channel_set_reading(c, TRUE);
    return c;
}

void het_channel_free(HetChannel *c)
{
    if (!c) {
        return;
    }
    g_clear_handle_id(&c->in_watch, g_source_remove);
    g_clear_handle_id(&c->out_watch, g_source_remove);
    g_clear_handle_id(&c->end_source, g_source_remove);
    close(c->fd);
    g_byte_array_unref(c->out);
    g_free(c);
}
