/*
 * A QMP peer for tests: it checks what is sent, and answers from a script
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "fake-peer.h"

#include <check.h>

#include "util/error.h"

typedef struct {
    char *command;
    gboolean with_fd;
    char *reply;
} Exchange;

struct FakePeer {
    GQueue exchanges;
};

static void exchange_free(gpointer data)
{
    Exchange *exchange = data;

    g_free(exchange->command);
    g_free(exchange->reply);
    g_free(exchange);
}

FakePeer *fake_peer_new(void)
{
    FakePeer *peer = g_new0(FakePeer, 1);

    g_queue_init(&peer->exchanges);
    return peer;
}

void fake_peer_free(FakePeer *peer)
{
    ck_assert_msg(g_queue_is_empty(&peer->exchanges),
                  "not sent: %s",
                  ((Exchange *)g_queue_peek_head(&peer->exchanges))->command);
    g_free(peer);
}

void fake_peer_expect(FakePeer *peer, const char *command, gboolean with_fd,
                      const char *reply)
{
    Exchange *exchange = g_new0(Exchange, 1);

    exchange->command = g_strdup(command);
    exchange->with_fd = with_fd;
    exchange->reply = g_strdup(reply);
    g_queue_push_tail(&peer->exchanges, exchange);
}

static void check_command(const Exchange *exchange, const char *command,
                          int fd)
{
    g_autoptr(JsonNode) want = json_from_string(exchange->command, NULL);
    g_autoptr(JsonNode) got = json_from_string(command, NULL);

    ck_assert_ptr_nonnull(want);
    ck_assert_ptr_nonnull(got);
    ck_assert_msg(json_node_equal(want, got), "sent %s, not %s", command,
                  exchange->command);
    ck_assert_int_eq(fd >= 0, exchange->with_fd);
}

static char *fake_send(void *opaque, const char *command, int fd,
                       GError **error)
{
    FakePeer *peer = opaque;
    Exchange *exchange = g_queue_pop_head(&peer->exchanges);
    char *reply;

    ck_assert_msg(exchange != NULL, "unexpected command: %s", command);
    check_command(exchange, command, fd);
    reply = g_steal_pointer(&exchange->reply);
    exchange_free(exchange);
    if (!reply) {
        g_set_error_literal(error, HET_ERROR, HET_ERROR_FAILED,
                            "the connection is gone");
    }
    return reply;
}

HetQmp *fake_peer_connect(FakePeer *peer)
{
    static const HetQmpTransport transport = { .send = fake_send };

    return het_qmp_new(&transport, peer);
}
