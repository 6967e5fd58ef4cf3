/*
 * One debugger for all processors: GDB's packets against scripted stubs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "data.h"
#include "debug/channel.h"
#include "debug/mux.h"
#include "fake-stub.h"
#include "rsp/packet.h"
#include "util/error.h"

#define STUBS 2
#define WAIT_S 30

static GString *log_text;
static FakeStub *stubs[STUBS];
static GPtrArray *targets;
static HetMux *mux;
static HetChannel *gdb;
static HetRspReader reader;
static GQueue replies;          /* char * */
static gboolean has_ended;
static gboolean is_restarted;
static gboolean may_return;

static void on_reply(const guint8 *data, gsize size, void *opaque)
{
    for (gsize i = 0; i < size; i++) {
        if (het_rsp_reader_push(&reader, data[i]) == HET_RSP_PACKET) {
            g_queue_push_tail(&replies, g_strdup(reader.payload->str));
        }
    }
}

static void on_ended(void *opaque)
{
    has_ended = TRUE;
}

static void run_monitor(const char *command, void *opaque)
{
    if (!strcmp(command, "skew")) {
        het_mux_tell_skew(mux);
    }
}

/* The emulator runs again: its stub is another one. */
static void restart(guint index)
{
    HetTarget *target;

    fake_stub_free(stubs[index]);
    het_target_free(targets->pdata[index]);
    stubs[index] = fake_stub_new("again", "mp01.01", log_text);
    target = het_target_new("again", fake_stub_take_fd(stubs[index]));
    targets->pdata[index] = target;
    ck_assert(het_target_open(target, NULL));
    het_mux_replace(mux, index, target);
}

static void reopen(guint index, void *opaque)
{
    if (is_restarted) {
        restart(index);
    } else {
        het_mux_replace(mux, index, NULL);
    }
}

static gboolean left(guint index, void *opaque)
{
    return may_return;
}

static const HetMuxFuncs funcs = {
    .monitor = run_monitor,
    .reopen = reopen,
    .left = left,
    .ended = on_ended,
};

static void open_target(guint i, const char *name, const char *threads)
{
    g_autoptr(GError) error = NULL;
    HetTarget *target;

    stubs[i] = fake_stub_new(name, threads, log_text);
    if (strstr(threads, "p02")) {
        fake_stub_script(stubs[i], "vAttach;2", "T05thread:p02.02;");
    }
    target = het_target_new(name, fake_stub_take_fd(stubs[i]));
    g_ptr_array_add(targets, target);
    ck_assert_msg(het_target_open(target, &error), "%s",
                  error ? error->message : "?");
}

static void setup(void)
{
    log_text = g_string_new(NULL);
    targets =
        g_ptr_array_new_with_free_func((GDestroyNotify)het_target_free);
    g_queue_init(&replies);
    has_ended = FALSE;
    may_return = FALSE;
    het_rsp_reader_init(&reader, HET_TARGET_PACKET_MAX);
    open_target(0, "a7", "mp01.01,p02.02");
    open_target(1, "m4", "mp01.01");
}

static void teardown(void)
{
    het_mux_free(mux);
    het_channel_free(gdb);
    g_ptr_array_unref(targets);
    for (guint i = 0; i < STUBS; i++) {
        fake_stub_free(stubs[i]);
    }
    g_queue_clear_full(&replies, g_free);
    het_rsp_reader_clear(&reader);
    g_string_free(log_text, TRUE);
}

static void serve(gboolean stops_at_boot)
{
    const HetMuxOptions options = { .stops_at_boot = stops_at_boot };
    int fds[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    mux = het_mux_new(targets, &options, &funcs, NULL);
    het_mux_serve(mux, fds[0]);
    gdb = het_channel_new(fds[1], on_reply, NULL);
}

static void send_packet(const char *packet)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    het_rsp_append_packet(bytes, packet, strlen(packet));
    het_channel_write(gdb, bytes->data, bytes->len);
}

/* Until nothing is to be done any more */
static void settle(void)
{
    while (g_main_context_iteration(NULL, FALSE)) {
    }
}

static gboolean on_late(gpointer data)
{
    ck_abort_msg("no reply");
    return G_SOURCE_REMOVE;
}

static char *get_reply(void)
{
    guint late = g_timeout_add_seconds(WAIT_S, on_late, NULL);

    while (g_queue_is_empty(&replies)) {
        g_main_context_iteration(NULL, TRUE);
    }
    g_source_remove(late);
    return g_queue_pop_head(&replies);
}

static void expect_reply(const char *want)
{
    g_autofree char *got = get_reply();

    ck_assert_str_eq(got, want);
}

static void expect_no_reply(void)
{
    settle();
    ck_assert(g_queue_is_empty(&replies));
}

static void ask(const char *packet, const char *want)
{
    send_packet(packet);
    expect_reply(want);
}

static void expect_log(const char *want)
{
    settle();
    ck_assert_str_eq(log_text->str, want);
    g_string_truncate(log_text, 0);
}

static void attach_all(void)
{
    ask("!", "OK");
    ask("?", "W00");
    ask("vAttach;1", "T05thread:p1.1;");
    ask("vAttach;2", "T05thread:p2.1;");
}

/* The log has the order in which the loop sees them, not that of the orders. */
static void go(void)
{
    send_packet("vCont;c:p1.-1;c:p2.-1");
    expect_log("a7 vCont;c:p1.1;c:p2.2|m4 vCont;c:p1.1");
}

/* "O" and the text in hexadecimal, then "OK" */
static void expect_skew(const char *want)
{
    g_autofree char *reply = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    send_packet("qRcmd,736b6577");
    reply = get_reply();
    ck_assert_int_eq(reply[0], 'O');
    for (const char *p = reply + 1; p[0] && p[1]; p += 2) {
        g_string_append_c(text, g_ascii_xdigit_value(p[0]) << 4 |
                                g_ascii_xdigit_value(p[1]));
    }
    ck_assert_str_eq(text->str, want);
    expect_reply("OK");
}

START_TEST(test_first_stop_halts_all)
{
    serve(FALSE);
    attach_all();
    ask("qfThreadInfo", "mp1.1,p1.2,p2.1");
    ask("vAttach;2", "E01");
    ask("vAttach;3", "E01");
    go();
    expect_no_reply();
    fake_stub_stop(stubs[1], "T05thread:p01.01;executed:9;stopped:1388;");
    expect_reply("T05thread:p2.1;");
    expect_log("|a7 halt");
    expect_skew("stops 1, last 3 us, unknown instructions, mean 3 us, "
                "longest 3 us\n");
    fake_stub_script(stubs[0], "qqemu.ExecutedAt:1388", "3");
    expect_skew("stops 1, last 3 us, 5 instructions, mean 3 us, "
                "longest 3 us\n");
    fake_stub_script(stubs[0], "qqemu.ExecutedAt:1388", "9");
    expect_skew("stops 1, last 3 us, unknown instructions, mean 3 us, "
                "longest 3 us\n");
    ask("qC", "QCp2.1");
    ask("Tp1.9", "E01");
}
END_TEST

START_TEST(test_cores_of_clusters)
{
    serve(FALSE);
    attach_all();
    fake_stub_script(stubs[0], "g", "00112233");
    ask("Hgp1.2", "OK");
    ask("g", "00112233");
    ck_assert_ptr_nonnull(strstr(fake_stub_seen(stubs[0]),
                                 "Hgp2.2 Hcp2.2 g"));
    send_packet("vCont;s:p1.2");
    expect_log("a7 vCont;s:p2.2");
    fake_stub_stop(stubs[0], "T05thread:p02.02;");
    expect_reply("T05thread:p1.2;");
}
END_TEST

/* Whatever GDB looks at, the thread that steps is the one that stops. */
START_TEST(test_interrupt_of_step)
{
    serve(FALSE);
    attach_all();
    ask("Hgp1.1", "OK");
    send_packet("vCont;s:p2.1");
    expect_log("m4 vCont;s:p1.1");
    het_channel_write(gdb, (const guint8 *)"\003", 1);
    expect_reply("T02thread:p2.1;");
    ask("Hgp1.2", "OK");
    g_string_truncate(log_text, 0);
    go();
    het_channel_write(gdb, (const guint8 *)"\003", 1);
    expect_reply("T02thread:p1.2;");
}
END_TEST

static void expect_kept_interrupt(void)
{
    expect_reply("T05thread:p2.1;");
    g_string_truncate(log_text, 0);
    send_packet("vCont;c");
    expect_reply("T02thread:p2.1;");
    expect_log("");
    go();
}

/* GDB, which steps over a breakpoint, would go on. */
START_TEST(test_interrupt_at_end_of_step)
{
    serve(FALSE);
    attach_all();
    fake_stub_ignore_halt(stubs[1]);
    send_packet("vCont;s:p2.1");
    expect_log("m4 vCont;s:p1.1");
    het_channel_write(gdb, (const guint8 *)"\003", 1);
    settle();
    fake_stub_stop(stubs[1], "T05thread:p01.01;");
    expect_kept_interrupt();
}
END_TEST

START_TEST(test_interrupt_after_end_of_step)
{
    serve(FALSE);
    attach_all();
    send_packet("vCont;s:p2.1");
    expect_log("m4 vCont;s:p1.1");
    fake_stub_stop(stubs[1], "T05thread:p01.01;");
    settle();
    het_channel_write(gdb, (const guint8 *)"\003", 1);
    settle();
    expect_kept_interrupt();
}
END_TEST

static void interrupt(void)
{
    het_channel_write(gdb, (const guint8 *)"\003", 1);
    settle();
}

/* What is watched may be unchanged: GDB would go on. */
START_TEST(test_interrupt_at_watchpoint)
{
    serve(FALSE);
    attach_all();
    fake_stub_ignore_halt(stubs[0]);
    go();
    fake_stub_stop(stubs[1], "T05thread:p01.01;watch:2000;");
    settle();
    interrupt();
    fake_stub_stop(stubs[0], "T02thread:p01.01;");
    expect_reply("T05thread:p2.1;watch:2000;");
    g_string_truncate(log_text, 0);
    send_packet("vCont;s:p1.2");        /* who steps is told to stop */
    expect_reply("T02thread:p1.2;");
    expect_log("");
    go();
}
END_TEST

START_TEST(test_interrupt_after_watchpoint)
{
    serve(FALSE);
    attach_all();
    go();
    fake_stub_stop(stubs[1], "T05thread:p01.01;watch:2000;");
    settle();
    interrupt();
    expect_reply("T05thread:p2.1;watch:2000;");
    g_string_truncate(log_text, 0);
    send_packet("vCont;c");
    expect_reply("T02thread:p2.1;");
    expect_log("");
    go();
}
END_TEST

/* GDB tells of a breakpoint, so that nobody waits for the interrupt. */
START_TEST(test_interrupt_at_breakpoint)
{
    serve(FALSE);
    attach_all();
    go();
    fake_stub_stop(stubs[1], "T05thread:p01.01;");
    settle();
    interrupt();
    expect_reply("T05thread:p2.1;");
    g_string_truncate(log_text, 0);
    go();
}
END_TEST

/* The second watchpoint is told at the next order, and nothing runs then. */
START_TEST(test_second_watchpoint_is_kept)
{
    serve(FALSE);
    attach_all();
    fake_stub_ignore_halt(stubs[0]);
    go();
    fake_stub_stop(stubs[1], "T05thread:p01.01;watch:2000;");
    settle();
    fake_stub_stop(stubs[0], "T05thread:p02.02;rwatch:3000;");
    expect_reply("T05thread:p2.1;watch:2000;");
    g_string_truncate(log_text, 0);
    send_packet("vCont;c");
    expect_reply("T05thread:p1.2;rwatch:3000;");
    expect_log("");
    send_packet("vCont;c");
    expect_log("a7 vCont;c:p1.1;c:p2.2|m4 vCont;c:p1.1");
}
END_TEST

START_TEST(test_watchpoint_that_is_removed_is_forgotten)
{
    serve(FALSE);
    attach_all();
    fake_stub_ignore_halt(stubs[0]);
    go();
    fake_stub_stop(stubs[1], "T05thread:p01.01;");
    settle();
    fake_stub_stop(stubs[0], "T05thread:p01.01;watch:3000;");
    expect_reply("T05thread:p2.1;");
    ask("Hgp1.1", "OK");
    ask("z2,3000,4", "OK");
    g_string_truncate(log_text, 0);
    send_packet("vCont;c");
    expect_log("a7 vCont;c:p1.1;c:p2.2|m4 vCont;c:p1.1");
}
END_TEST

START_TEST(test_boots)
{
    serve(TRUE);
    attach_all();
    settle();
    for (guint i = 0; i < STUBS; i++) {
        ck_assert_ptr_nonnull(strstr(fake_stub_seen(stubs[i]),
                                     "Qqemu.StopAtBoot:1"));
    }
    fake_stub_ignore_halt(stubs[0]);
    go();
    fake_stub_stop(stubs[1], "T05thread:p01.01;boot:1;");
    settle();
    fake_stub_stop(stubs[0], "T05thread:p01.01;boot:1;");
    /* "Processor 'm4' boots." */
    expect_reply("O50726f636573736f7220276d342720626f6f74732e0a");
    expect_reply("T05thread:p2.1;");
    send_packet("vCont;c");
    expect_reply("O50726f636573736f722027613727"
                 "20626f6f74732e0a");
    expect_reply("T05thread:p1.1;");
    ask("D;2", "OK");
    ck_assert_ptr_nonnull(strstr(fake_stub_seen(stubs[1]),
                                 "Qqemu.StopAtBoot:0"));
}
END_TEST

/* Others have halted it before: it is asked, and found to be halted. */
START_TEST(test_halt_without_answer)
{
    serve(FALSE);
    attach_all();
    fake_stub_ignore_halt(stubs[0]);
    go();
    fake_stub_stop(stubs[1], "T05thread:p01.01;");
    expect_reply("T05thread:p2.1;");
    ck_assert_ptr_nonnull(strstr(fake_stub_seen(stubs[0]), "qC"));
}
END_TEST

START_TEST(test_detach_lets_go)
{
    serve(FALSE);
    attach_all();
    ask("D;2", "OK");
    expect_log("m4 vCont;c");
    ask("Tp2.1", "E01");
    ask("vKill;1", "OK");
    expect_log("a7 vCont;c");
    ck_assert(!has_ended);
    ask("vAttach;2", "T05thread:p2.1;");
    settle();
    ck_assert_ptr_nonnull(g_strrstr(fake_stub_seen(stubs[1]),
                                    "Qqemu.StopCount:0 Hcp1.1 ? "
                                    "Qqemu.StopCount:1"));
}
END_TEST

/* What a stub says that is none: its processor is gone, the other stays. */
static const char *const hostile[] = {
    "$T05thread:p01.01;#00",
    "$T05#",
    "$W00#b7",
    "$X09#f1",
    NULL,                       /* it hangs up */
};

START_TEST(test_hostile_stop)
{
    serve(FALSE);
    attach_all();
    go();
    if (hostile[_i]) {
        fake_stub_send(stubs[1], hostile[_i]);
        fake_stub_send(stubs[1], "$#zz");
    } else {
        fake_stub_hang_up(stubs[1]);
    }
    {
        g_autofree char *reply = get_reply();

        ck_assert_msg(g_str_has_prefix(reply, "W") &&
                      g_str_has_suffix(reply, ";process:2"), "%s", reply);
    }
    ask("Hgp2.1", "E22");
    ask("Hgp1.1", "OK");
    send_packet("vCont;c");
    settle();
    ck_assert_ptr_nonnull(strstr(log_text->str,
                                 "a7 vCont;c:p1.1;c:p2.2"));
}
END_TEST

START_TEST(test_attach_what_was_restarted)
{
    serve(TRUE);
    attach_all();
    go();
    fake_stub_hang_up(stubs[1]);
    expect_reply("W00;process:2");
    is_restarted = FALSE;
    ask("vAttach;2", "E01");
    is_restarted = TRUE;
    ask("vAttach;2", "T05thread:p2.1;");
    ask("qfThreadInfo", "mp1.1,p1.2,p2.1");
    settle();
    ck_assert_ptr_nonnull(strstr(fake_stub_seen(stubs[1]),
                                 "Qqemu.StopAtBoot:1"));
    g_string_truncate(log_text, 0);
    send_packet("vCont;c:p1.-1;c:p2.-1");
    expect_log("a7 vCont;c:p1.1;c:p2.2|again vCont;c:p1.1");
}
END_TEST

/* "O..." in plain */
static void expect_said(const char *want)
{
    g_autofree char *reply = get_reply();
    g_autofree char *text = *reply == 'O' ? het_rsp_unhex(reply + 1) : NULL;

    ck_assert_pstr_eq(text, want);
}

static void leave(void)
{
    may_return = TRUE;
    fake_stub_hang_up(stubs[1]);
    expect_said("Processor 'm4' has ended: it is in reset until its emulator "
                "is started again.\n");
    expect_no_reply();
}

static void stop_at(guint stub, const char *want)
{
    fake_stub_stop(stubs[stub], "T05thread:p01.01;");
    expect_reply(want);
}

/* GDB hears of no end; what it has set meanwhile is set then. */
START_TEST(test_emulator_is_started_again)
{
    serve(TRUE);
    attach_all();
    fake_stub_script(stubs[1], "g", "00112233");
    ask("Hgp2.1", "OK");
    ask("g", "00112233");
    ask("Z0,100,2", "OK");
    ask("Z0,200,2", "OK");
    go();
    leave();
    stop_at(0, "T05thread:p1.1;");
    ask("Hgp2.1", "OK");
    ask("g", "00000000");
    ask("p1f", "xx");
    ask("m100,4", "E01");
    ask("P1=0", "E01");
    ask("z0,200,2", "OK");
    ask("Z1,300,2", "OK");
    ask("qfThreadInfo", "mp1.1,p1.2,p2.1");
    ask("vAttach;2", "E01");
    g_string_truncate(log_text, 0);
    send_packet("vCont;c:p1.-1;c:p2.-1");
    expect_log("a7 vCont;c:p1.1;c:p2.2");
    restart(1);
    expect_said("Processor 'again' is back.\n");
    expect_log("again vCont;c:p1.1");
    ck_assert_ptr_nonnull(strstr(fake_stub_seen(stubs[1]), "Z0,100,2"));
    ck_assert_ptr_nonnull(strstr(fake_stub_seen(stubs[1]), "Z1,300,2"));
    ck_assert_ptr_null(strstr(fake_stub_seen(stubs[1]), "Z0,200"));
    ck_assert_ptr_nonnull(strstr(fake_stub_seen(stubs[1]),
                                 "Qqemu.StopAtBoot:1 Hg0"));
    stop_at(1, "T05thread:p2.1;");
}
END_TEST

/* It comes while all are halted: it goes on with them, and not before. */
START_TEST(test_started_again_while_halted)
{
    serve(FALSE);
    attach_all();
    go();
    leave();
    stop_at(0, "T05thread:p1.1;");
    g_string_truncate(log_text, 0);
    restart(1);
    expect_log("");
    send_packet("vCont;c:p1.-1;c:p2.-1");
    expect_said("Processor 'again' is back.\n");
    expect_log("a7 vCont;c:p1.1;c:p2.2|again vCont;c:p1.1");
}
END_TEST

/* A step of what is away waits, until Ctrl+C. */
START_TEST(test_step_of_what_is_away)
{
    serve(FALSE);
    attach_all();
    go();
    leave();
    stop_at(0, "T05thread:p1.1;");
    g_string_truncate(log_text, 0);
    send_packet("vCont;s:p2.1");
    expect_log("");
    expect_no_reply();
    het_channel_write(gdb, (const guint8 *)"\003", 1);
    expect_reply("T02thread:p2.1;");
    ask("D;2", "OK");
    restart(1);
    expect_log("again vCont;c");
    /* It does run: the answers before that were none to the order. */
    ask("vAttach;2", "T05thread:p2.1;");
    expect_log("|again halt");
}
END_TEST

START_TEST(test_never_started_again)
{
    serve(FALSE);
    attach_all();
    go();
    leave();
    het_mux_replace(mux, 1, NULL);
    expect_reply("W00;process:2");
    ask("Hgp2.1", "E22");
    may_return = FALSE;
    send_packet("vCont;c");
    settle();
    fake_stub_hang_up(stubs[0]);
    expect_reply("W00;process:1");
}
END_TEST

/* The answer comes when GDB has gone. */
START_TEST(test_end_while_asked)
{
    serve(FALSE);
    attach_all();
    ask("Hgp2.1", "OK");
    fake_stub_hold(stubs[1]);
    send_packet("g");
    settle();
    g_clear_pointer(&mux, het_mux_free);
    fake_stub_send(stubs[1], "$00#60");
    het_targets_clear(targets, 100);
}
END_TEST

/* Bound to a name that the kernel finds, so that it is known who sends */
static int open_named(struct sockaddr_un *name, socklen_t *size)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    *name = (struct sockaddr_un) { .sun_family = AF_UNIX };
    *size = sizeof(*name);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)name, sizeof(sa_family_t)),
                     0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)name, size), 0);
    return fd;
}

static struct sockaddr_un senders[STUBS];
static int receiver;

/* What the targets send comes there, in the order in which it is sent. */
static void redirect(void)
{
    struct sockaddr_un name;
    socklen_t size, sender_size;

    settle();
    receiver = open_named(&name, &size);
    for (guint i = 0; i < STUBS; i++) {
        int fd = open_named(&senders[i], &sender_size);

        ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, size), 0);
        ck_assert_int_ge(dup2(fd, fake_stub_take_fd(stubs[i])), 0);
        close(fd);
    }
}

static void expect_order_to(guint stub)
{
    struct sockaddr_un from = { 0 };
    socklen_t size = sizeof(from);
    char bytes[256] = "";

    settle();
    ck_assert_int_gt(recvfrom(receiver, bytes, sizeof(bytes) - 1, 0,
                              (struct sockaddr *)&from, &size), 0);
    ck_assert_msg(g_str_has_prefix(bytes, "$vCont;c"), "%s", bytes);
    ck_assert_mem_eq(from.sun_path, senders[stub].sun_path,
                     sizeof(from.sun_path));
}

static void expect_slave_first(void)
{
    expect_order_to(1);
    expect_order_to(0);
    close(receiver);
}

START_TEST(test_slaves_go_first)
{
    serve(FALSE);
    attach_all();
    redirect();
    send_packet("vCont;c:p1.-1;c:p2.-1");
    expect_slave_first();
}
END_TEST

static gboolean stays(guint index, void *opaque)
{
    return FALSE;
}

START_TEST(test_slaves_go_first_at_the_end)
{
    serve(FALSE);
    attach_all();
    g_clear_pointer(&mux, het_mux_free);
    het_targets_clear(targets, 1000);
    redirect();
    het_targets_resume(targets, stays, NULL);
    expect_slave_first();
}
END_TEST

static const struct {
    const char *packet;
    const char *answer;
} bad[] = {
    { "vCont;x", "E22" },
    { "vCont;c:p1.1x", "E22" },
    { "vAttach;", "E01" },
    { "vAttach;ffffffffffffffffff", "E01" },
    { "D;0", "E01" },
    { "Hg", "E22" },
    { "Hgp9.9", "E22" },
    { "qXfer:threads:read::0", "E22" },
    { "qXfer:threads:read::x,1", "E22" },
    { "qXfer:threads:read::ffffffff,ffffffff", "l" },
    { "qThreadExtraInfo,p9.1", "E01" },
    { "qRcmd,7", "E22" },
    { "qRcmd,", "" },
    { "X", "" },
    { "", "" },
};

START_TEST(test_bad_packet)
{
    serve(FALSE);
    attach_all();
    if (g_str_has_prefix(bad[_i].packet, "qRcmd,") && !bad[_i].packet[6]) {
        send_packet(bad[_i].packet);
        settle();
        het_mux_answer_monitor(mux, "");
        expect_reply("OK");
        return;
    }
    ask(bad[_i].packet, bad[_i].answer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mux");
    TCase *tc = tcase_create("mux");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, test_first_stop_halts_all);
    tcase_add_test(tc, test_cores_of_clusters);
    tcase_add_test(tc, test_interrupt_of_step);
    tcase_add_test(tc, test_interrupt_at_end_of_step);
    tcase_add_test(tc, test_interrupt_after_end_of_step);
    tcase_add_test(tc, test_interrupt_at_watchpoint);
    tcase_add_test(tc, test_interrupt_after_watchpoint);
    tcase_add_test(tc, test_interrupt_at_breakpoint);
    tcase_add_test(tc, test_second_watchpoint_is_kept);
    tcase_add_test(tc, test_watchpoint_that_is_removed_is_forgotten);
    tcase_add_test(tc, test_boots);
    tcase_add_test(tc, test_halt_without_answer);
    tcase_add_test(tc, test_detach_lets_go);
    tcase_add_test(tc, test_attach_what_was_restarted);
    tcase_add_test(tc, test_emulator_is_started_again);
    tcase_add_test(tc, test_started_again_while_halted);
    tcase_add_test(tc, test_step_of_what_is_away);
    tcase_add_test(tc, test_never_started_again);
    tcase_add_test(tc, test_end_while_asked);
    tcase_add_test(tc, test_slaves_go_first);
    tcase_add_test(tc, test_slaves_go_first_at_the_end);
    tcase_add_loop_test(tc, test_hostile_stop, 0, G_N_ELEMENTS(hostile));
    tcase_add_loop_test(tc, test_bad_packet, 0, G_N_ELEMENTS(bad));
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
