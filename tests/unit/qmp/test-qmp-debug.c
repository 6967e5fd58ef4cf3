/*
 * QMP of the GDB stub against a fake peer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <string.h>

#include "data.h"
#include "fake-peer.h"
#include "util/error.h"

#define OK_REPLY "{\"return\": {}}"
#define GETFD "{\"execute\":\"getfd\"," \
              "\"arguments\":{\"fdname\":\"hetctl-gdb\"}}"
#define CLOSEFD "{\"execute\":\"closefd\"," \
                "\"arguments\":{\"fdname\":\"hetctl-gdb\"}}"
#define ADD "{\"execute\":\"chardev-add\",\"arguments\":{" \
            "\"id\":\"hetctl-gdb-7\",\"backend\":{\"type\":\"socket\"," \
            "\"data\":{\"server\":false,\"addr\":{\"type\":\"fd\"," \
            "\"data\":{\"str\":\"hetctl-gdb\"}}}}}}"
#define HMP(line) "{\"execute\":\"human-monitor-command\"," \
                  "\"arguments\":{\"command-line\":\"" line "\"}}"
#define REMOVE(id) "{\"execute\":\"chardev-remove\"," \
                   "\"arguments\":{\"id\":\"" id "\"}}"
#define OPEN HMP("gdbserver chardev:hetctl-gdb-7")
#define WAITS "{\"return\":\"Waiting for gdb connection on device " \
              "'chardev:hetctl-gdb-7'\\r\\n\"}"
#define QUERY "{\"execute\":\"query-chardev\"}"
#define CHARDEV(label, filename) "{\"label\":\"" label "\"," \
                                 "\"filename\":\"" filename "\"," \
                                 "\"frontend-open\":true}"
#define LEFT(label) CHARDEV(label, "disconnected:unix:")
#define SERIAL CHARDEV("charserial0", "pty:/dev/pts/3")

static FakePeer *peer;
static HetQmp *qmp;

static void setup(void)
{
    peer = fake_peer_new();
    qmp = fake_peer_connect(peer);
}

static void teardown(void)
{
    het_qmp_free(qmp);
    fake_peer_free(peer);
}

START_TEST(test_open_and_close)
{
    g_autoptr(GError) error = NULL;

    fake_peer_expect(peer, GETFD, TRUE, OK_REPLY);
    fake_peer_expect(peer, ADD, FALSE, OK_REPLY);
    fake_peer_expect(peer, OPEN, FALSE, WAITS);
    ck_assert(het_qmp_open_stub(qmp, "hetctl-gdb-7", 0, &error));
    fake_peer_expect(peer, HMP("gdbserver none"), FALSE,
                     "{\"return\":\"Disabled gdbserver\\r\\n\"}");
    ck_assert(het_qmp_close_stub(qmp, &error));
}
END_TEST

/* The descriptor is not left with the emulator. */
START_TEST(test_open_without_chardev)
{
    g_autoptr(GError) error = NULL;

    fake_peer_expect(peer, GETFD, TRUE, OK_REPLY);
    fake_peer_expect(peer, ADD, FALSE, "{\"error\":{\"class\":"
                     "\"GenericError\",\"desc\":\"duplicate ID\"}}");
    fake_peer_expect(peer, CLOSEFD, FALSE, OK_REPLY);
    ck_assert(!het_qmp_open_stub(qmp, "hetctl-gdb-7", 0, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "duplicate ID"));
}
END_TEST

static const char *const refusals[] = {
    "{\"return\":\"gdbstub: couldn't create chardev\\r\\n\"}",
    "{\"return\":\"\"}",
    "{\"return\":7}",
    "{\"return\":{}}",
    "{}",
    "[",
    "",
    NULL,
};

START_TEST(test_open_is_refused)
{
    g_autoptr(GError) error = NULL;

    fake_peer_expect(peer, GETFD, TRUE, OK_REPLY);
    fake_peer_expect(peer, ADD, FALSE, OK_REPLY);
    fake_peer_expect(peer, OPEN, FALSE, refusals[_i]);
    fake_peer_expect(peer, REMOVE("hetctl-gdb-7"), FALSE, OK_REPLY);
    ck_assert(!het_qmp_open_stub(qmp, "hetctl-gdb-7", 0, &error));
    ck_assert_ptr_nonnull(error);
}
END_TEST

static const struct {
    const char *chardevs;
    const char *label;
    guint64 pid;
    gboolean has_left;
} debuggers[] = {
    { "", NULL, 0, FALSE },
    { SERIAL, NULL, 0, FALSE },
    { SERIAL "," CHARDEV("hetctl-gdb-7", "unix:"), "hetctl-gdb-7", 7, FALSE },
    { LEFT("hetctl-gdb-12-paused"),
      "hetctl-gdb-12-paused", 12, TRUE },
    { CHARDEV("hetctl-gdb-7", "unix:") "," LEFT("hetctl-gdb-8"),
      "hetctl-gdb-7", 7, FALSE },
    { LEFT("hetctl-gdb-8") "," CHARDEV("hetctl-gdb-7", "unix:"),
      "hetctl-gdb-7", 7, FALSE },
    { CHARDEV("hetctl-gdb-", "unix:"), "hetctl-gdb-", 0, FALSE },
    { CHARDEV("hetctl-gdb-99999999999999999999", ""),
      "hetctl-gdb-99999999999999999999", G_MAXUINT64, FALSE },
};

START_TEST(test_debugger)
{
    g_autoptr(GError) error = NULL;
    g_auto(HetDebugger) debugger = { 0 };
    g_autofree char *reply = g_strdup_printf("{\"return\":[%s]}",
                                             debuggers[_i].chardevs);

    fake_peer_expect(peer, QUERY, FALSE, reply);
    ck_assert(het_qmp_query_debugger(qmp, &debugger, &error));
    ck_assert_pstr_eq(debugger.label, debuggers[_i].label);
    ck_assert(debugger.pid == debuggers[_i].pid);
    ck_assert_int_eq(debugger.has_left, debuggers[_i].has_left);
}
END_TEST

START_TEST(test_left_debuggers)
{
    g_autoptr(GError) error = NULL;

    fake_peer_expect(peer, QUERY, FALSE,
                     "{\"return\":[" LEFT("hetctl-gdb-8") "," SERIAL ","
                     CHARDEV("hetctl-gdb-7", "unix:") ","
                     LEFT("charserial1") "," LEFT("hetctl-gdb-9-paused")
                     "]}");
    fake_peer_expect(peer, REMOVE("hetctl-gdb-8"), FALSE, OK_REPLY);
    fake_peer_expect(peer, REMOVE("hetctl-gdb-9-paused"), FALSE,
                     "{\"error\":{\"class\":\"GenericError\",\"desc\":"
                     "\"Chardev 'hetctl-gdb-9-paused' is busy\"}}");
    ck_assert(!het_qmp_remove_left_debuggers(qmp, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "is busy"));
}
END_TEST

static const char *const hostile[] = {
    "{\"return\":{}}",
    "{\"return\":[7]}",
    "{\"return\":[{}]}",
    "{\"return\":[{\"label\":\"hetctl-gdb-7\"}]}",
    "{\"return\":[{\"label\":7,\"filename\":\"unix:\"}]}",
    "{\"return\":[{\"label\":null,\"filename\":null}]}",
    "{\"return\":[" SERIAL ",{\"label\":\"x\",\"filename\":[]}]}",
    NULL,
};

START_TEST(test_hostile_reply)
{
    g_autoptr(GError) error = NULL;
    g_auto(HetDebugger) debugger = { 0 };

    fake_peer_expect(peer, QUERY, FALSE, hostile[_i]);
    ck_assert(!het_qmp_query_debugger(qmp, &debugger, &error));
    ck_assert_ptr_nonnull(error);
    ck_assert_ptr_null(debugger.label);
    g_clear_error(&error);
    fake_peer_expect(peer, QUERY, FALSE, hostile[_i]);
    ck_assert(!het_qmp_remove_left_debuggers(qmp, &error));
    ck_assert_ptr_nonnull(error);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("qmp-debug");
    TCase *tc = tcase_create("qmp-debug");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, test_open_and_close);
    tcase_add_test(tc, test_open_without_chardev);
    tcase_add_loop_test(tc, test_open_is_refused, 0,
                        G_N_ELEMENTS(refusals));
    tcase_add_loop_test(tc, test_debugger, 0, G_N_ELEMENTS(debuggers));
    tcase_add_test(tc, test_left_debuggers);
    tcase_add_loop_test(tc, test_hostile_reply, 0, G_N_ELEMENTS(hostile));
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
