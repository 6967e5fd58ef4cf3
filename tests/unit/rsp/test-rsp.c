/*
 * The GDB remote protocol: packets, threads, stop replies
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <string.h>

#include "data.h"
#include "rsp/packet.h"
#include "rsp/stop-reply.h"
#include "rsp/thread.h"

#define LIMIT 16

/* What each byte completes: P, A, N, I, B, L */
static const struct {
    const char *bytes;
    const char *events;
    const char *payload;        /* of the last packet */
} streams[] = {
    { "$OK#9a", "P", "OK" },
    { "+$OK#9a-\003", "APNI", "OK" },
    { "noise$OK#9Amore", "P", "OK" },
    { "$OK#9b", "B", NULL },
    { "$OK#9g", "B", NULL },
    { "$#00", "P", "" },
    { "$}\003#80", "P", "#" },
    { "$}#7d", "B", NULL },
    { "$0* #7a", "P", "0000" },
    { "$* #4a", "B", NULL },
    { "$0*\003#5d", "B", NULL },
    { "$cut$OK#9a", "P", "OK" },
    { "$0123456789abcdef#ff", "B", NULL },
    { "$0123456789abcdef#62", "P", "0123456789abcdef" },
    { "$0123456789abcdef0#92", "L", NULL },
    { "$0*~#d8", "L", NULL },
    { "$g#67+", "PA", "g" },
};

START_TEST(test_reader)
{
    static const char letters[] = { '.', 'P', 'A', 'N', 'I', 'B', 'L' };
    g_auto(HetRspReader) reader = { 0 };
    g_autoptr(GString) events = g_string_new(NULL);
    g_autofree char *payload = NULL;

    het_rsp_reader_init(&reader, LIMIT);
    for (const char *p = streams[_i].bytes; *p; p++) {
        HetRspEvent event = het_rsp_reader_push(&reader, *p);

        if (event != HET_RSP_NONE) {
            g_string_append_c(events, letters[event]);
        }
        if (event == HET_RSP_PACKET) {
            g_free(payload);
            payload = g_strdup(reader.payload->str);
        }
    }
    ck_assert_str_eq(events->str, streams[_i].events);
    ck_assert_pstr_eq(payload, streams[_i].payload);
}
END_TEST

START_TEST(test_packet)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_auto(HetRspReader) reader = { 0 };
    HetRspEvent event = HET_RSP_NONE;
    char all[256];

    for (int i = 0; i < 256; i++) {
        all[i] = i;
    }
    het_rsp_append_packet(bytes, all, sizeof(all));
    het_rsp_reader_init(&reader, sizeof(all));
    for (guint i = 0; i < bytes->len; i++) {
        ck_assert_int_eq(event, HET_RSP_NONE);
        event = het_rsp_reader_push(&reader, bytes->data[i]);
    }
    ck_assert_int_eq(event, HET_RSP_PACKET);
    ck_assert_uint_eq(reader.payload->len, sizeof(all));
    ck_assert_mem_eq(reader.payload->str, all, sizeof(all));
}
END_TEST

static const struct {
    const char *text;
    gboolean ok;
    gint64 pid, tid;
} threads[] = {
    { "p1.2", TRUE, 1, 2 },
    { "p1.-1", TRUE, 1, HET_RSP_ALL },
    { "p-1.-1", TRUE, HET_RSP_ALL, HET_RSP_ALL },
    { "p1f", TRUE, 0x1f, HET_RSP_ALL },
    { "0", TRUE, HET_RSP_ANY, HET_RSP_ANY },
    { "-1", TRUE, HET_RSP_ALL, HET_RSP_ALL },
    { "7fffffff", TRUE, HET_RSP_ANY, G_MAXINT32 },
    { "80000000", FALSE, 0, 0 },
    { "100000001", FALSE, 0, 0 },
    { "fffffffffffffffff1", FALSE, 0, 0 },
    { "p", FALSE, 0, 0 },
    { "p1.", FALSE, 0, 0 },
    { "-2", FALSE, 0, 0 },
    { "", FALSE, 0, 0 },
};

START_TEST(test_thread)
{
    const char *text = threads[_i].text;
    HetRspThread thread;

    ck_assert_int_eq(het_rsp_parse_thread(&text, &thread), threads[_i].ok);
    if (threads[_i].ok) {
        ck_assert_str_eq(text, "");
        ck_assert_int_eq(thread.pid, threads[_i].pid);
        ck_assert_int_eq(thread.tid, threads[_i].tid);
    }
}
END_TEST

/* What becomes of p1.1, p1.2 and p2.1; '.' is nothing */
static const struct {
    const char *text;
    const char *actions;        /* NULL: it is malformed */
} orders[] = {
    { "vCont;c", "ccc" },
    { "vCont;s:p1.1;c", "scc" },
    { "vCont;s:p1.2", ".s." },
    { "vCont;c:p2.-1", "..c" },
    { "vCont;S05:p2.1;C02:p1.-1", "ccs" },
    { "vCont;c:p1.-1;s:p1.1", "cc." },
    { "vCont", NULL },
    { "vCont;", NULL },
    { "vCont;x", NULL },
    { "vCont;C", NULL },
    { "vCont;C5", NULL },
    { "vCont;c:", NULL },
    { "vCont;c:p1.1x", NULL },
    { "vContinue", NULL },
};

START_TEST(test_vcont)
{
    g_autoptr(GArray) actions = het_rsp_parse_vcont(orders[_i].text);
    static const gint64 ids[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 } };
    char found[4] = "...";

    for (gsize i = 0; actions && i < G_N_ELEMENTS(ids); i++) {
        found[i] = het_rsp_action_of(actions, ids[i][0], ids[i][1]) ?: '.';
    }
    ck_assert_pstr_eq(actions ? found : NULL, orders[_i].actions);
}
END_TEST

static const struct {
    const char *text;
    const char *again;          /* as of thread p3.4; NULL: malformed */
} stops[] = {
    { "S05", "T05thread:p3.4;" },
    { "T02thread:p01.01;", "T02thread:p3.4;" },
    { "T05thread:p01.02;watch:20000210;",
      "T05thread:p3.4;watch:20000210;" },
    { "T05thread:1;awatch:ffffffff80000000;",
      "T05thread:p3.4;awatch:ffffffff80000000;" },
    { "T0500:12345678;hwbreak:;", "T05thread:p3.4;" },
    { "T05thread:p01.01;boot:1;", "T05thread:p3.4;" },
    { "T05thread:p01.01;executed:ff;stopped:1;", "T05thread:p3.4;" },
    { "W00", "W00;process:3" },
    { "X09", "W09;process:3" },
    { "T05thread:p01.01x;", NULL },
    { "T05watch:zz;", NULL },
    { "T05watch:10000000000000000;", NULL },
    { "T05executed:;", NULL },
    { "T05stopped:8000000000000000;", NULL },
    { "T5", NULL },
    { "OK", NULL },
    { "", NULL },
};

START_TEST(test_stop)
{
    g_auto(HetRspStop) stop = { 0 };
    g_autofree char *again = NULL;

    if (het_rsp_parse_stop(stops[_i].text, &stop)) {
        again = het_rsp_format_stop(&stop, 3, 4);
    }
    ck_assert_pstr_eq(again, stops[_i].again);
}
END_TEST

START_TEST(test_hex)
{
    g_autoptr(GString) hex = g_string_new(NULL);
    g_autofree char *text = NULL;

    het_rsp_append_hex(hex, "ski\xc3\xa4", 5);
    ck_assert_str_eq(hex->str, "736b69c3a4");
    text = het_rsp_unhex(hex->str);
    ck_assert_str_eq(text, "ski\xc3\xa4");
    ck_assert_ptr_null(het_rsp_unhex("7"));
    ck_assert_ptr_null(het_rsp_unhex("7x"));
    ck_assert_ptr_null(het_rsp_unhex("7300"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rsp");
    TCase *tc = tcase_create("rsp");

    tcase_add_loop_test(tc, test_reader, 0, G_N_ELEMENTS(streams));
    tcase_add_test(tc, test_packet);
    tcase_add_loop_test(tc, test_thread, 0, G_N_ELEMENTS(threads));
    tcase_add_loop_test(tc, test_vcont, 0, G_N_ELEMENTS(orders));
    tcase_add_loop_test(tc, test_stop, 0, G_N_ELEMENTS(stops));
    tcase_add_test(tc, test_hex);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
