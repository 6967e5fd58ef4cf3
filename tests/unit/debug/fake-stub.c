/*
 * A GDB stub of an emulator for tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "fake-stub.h"

#include <check.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "debug/channel.h"
#include "rsp/packet.h"

struct FakeStub {
    char *name;
    char *threads;
    GString *log;
    GString *seen;
    GHashTable *script;
    HetChannel *channel;
    HetRspReader reader;
    int target_fd;
    gboolean runs;
    gboolean ignores_halt;
    gboolean holds;             /* its answers */
};

void fake_stub_send(FakeStub *s, const char *bytes)
{
    het_channel_write(s->channel, (const guint8 *)bytes, strlen(bytes));
}

static void answer(FakeStub *s, const char *packet)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    het_rsp_append_packet(bytes, packet, strlen(packet));
    het_channel_write(s->channel, bytes->data, bytes->len);
}

void fake_stub_stop(FakeStub *s, const char *packet)
{
    ck_assert_msg(s->runs, "'%s' does not run", s->name);
    s->runs = FALSE;
    answer(s, packet);
}

static const char *scripted(const FakeStub *s, const char *packet)
{
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, s->script);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (g_str_has_prefix(packet, key)) {
            return value;
        }
    }
    return NULL;
}

static const char *answer_to(const FakeStub *s, const char *packet)
{
    const char *text = scripted(s, packet);

    if (text) {
        return text;
    } else if (g_str_has_prefix(packet, "qfThreadInfo")) {
        return s->threads;
    } else if (g_str_has_prefix(packet, "qsThreadInfo")) {
        return "l";
    } else if (!strcmp(packet, "qC")) {
        return "QC01.01";
    } else if (*packet == '?') {
        return "T05thread:p01.01;";
    } else if (g_str_has_prefix(packet, "vAttach")) {
        return "E22";
    }
    return strchr("HQzZ", *packet) ? "OK" : "";
}

static void take_packet(FakeStub *s)
{
    const char *packet = s->reader.payload->str;

    fake_stub_send(s, "+");
    if (g_str_has_prefix(packet, "vCont;")) {
        s->runs = TRUE;
        g_string_append_printf(s->log, "%s%s %s", s->log->len ? "|" : "",
                               s->name, packet);
        return;
    }
    g_string_append_printf(s->seen, "%s%s", s->seen->len ? " " : "", packet);
    if (!s->holds) {
        answer(s, answer_to(s, packet));
    }
}

static void take_halt(FakeStub *s)
{
    g_string_append_printf(s->log, "|%s halt", s->name);
    if (!s->ignores_halt) {
        fake_stub_stop(s, "T02thread:p01.01;executed:8;stopped:1f40;");
    }
}

static void on_bytes(const guint8 *data, gsize size, void *opaque)
{
    FakeStub *s = opaque;

    for (gsize i = 0; i < size; i++) {
        HetRspEvent event = het_rsp_reader_push(&s->reader, data[i]);

        if (event == HET_RSP_PACKET) {
            take_packet(s);
        } else if (event == HET_RSP_INTERRUPT && s->runs) {
            take_halt(s);
        }
    }
}

FakeStub *fake_stub_new(const char *name, const char *threads, GString *log)
{
    FakeStub *s = g_new0(FakeStub, 1);
    int fds[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    s->name = g_strdup(name);
    s->threads = g_strdup(threads);
    s->log = log;
    s->seen = g_string_new(NULL);
    s->script = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                      g_free);
    het_rsp_reader_init(&s->reader, HET_TARGET_PACKET_MAX);
    s->target_fd = fds[0];
    s->channel = het_channel_new(fds[1], on_bytes, s);
    return s;
}

int fake_stub_take_fd(FakeStub *s)
{
    return s->target_fd;
}

void fake_stub_script(FakeStub *s, const char *packet, const char *text)
{
    g_hash_table_replace(s->script, g_strdup(packet), g_strdup(text));
}

void fake_stub_ignore_halt(FakeStub *s)
{
    s->ignores_halt = TRUE;
}

void fake_stub_hold(FakeStub *s)
{
    s->holds = TRUE;
}

void fake_stub_hang_up(FakeStub *s)
{
    g_clear_pointer(&s->channel, het_channel_free);
}

const char *fake_stub_seen(const FakeStub *s)
{
    return s->seen->str;
}

void fake_stub_free(FakeStub *s)
{
    if (s) {
        fake_stub_hang_up(s);
        het_rsp_reader_clear(&s->reader);
        g_hash_table_unref(s->script);
        g_string_free(s->seen, TRUE);
        g_free(s->threads);
        g_free(s->name);
        g_free(s);
    }
}
