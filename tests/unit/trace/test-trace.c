/*
 * Recorders as emulators leave them in memory, and the trace of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "trace/exception.h"
#include "trace/trace.h"
#include "util/error.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define RINGS 3
#define SIZE (HET_RECORDER_HEADER + RINGS * HET_RECORDER_RING)
#define MAGIC 0x43455248u
/* A tick is half a nanosecond; it was so from 1 s to 2 s. */
#define FIRST_TICKS 1000000
#define FIRST_NS 1000000000
#define LAST_TICKS (FIRST_TICKS + 2 * FIRST_NS)

typedef struct {
    guint8 bytes[SIZE];
    guint64 cut;                /* reads from here on fail */
    void (*meanwhile)(void);    /* before the next read of a ring's head */
} Area;

static Area m33, m4;
static HetRecorder *recorders[2];
static HetTrace *trace;

static gboolean read_area(void *opaque, guint64 offset, void *buf, gsize size)
{
    Area *area = opaque;

    if (offset > area->cut || size > area->cut - offset) {
        return FALSE;
    }
    if (area->meanwhile && offset > HET_RECORDER_HEADER && size > 16) {
        void (*meanwhile)(void) = area->meanwhile;

        memcpy(buf, area->bytes + offset, size);
        area->meanwhile = NULL;
        meanwhile();
        return TRUE;
    }
    memcpy(buf, area->bytes + offset, size);
    return TRUE;
}

static void put32(Area *area, guint64 offset, guint32 value)
{
    memcpy(area->bytes + offset, &value, sizeof(value));
}

static void put64(Area *area, guint64 offset, guint64 value)
{
    memcpy(area->bytes + offset, &value, sizeof(value));
}

static guint64 ring_at(guint ring)
{
    return HET_RECORDER_HEADER + (guint64)ring * HET_RECORDER_RING;
}

static void put_record(Area *area, guint ring, guint64 ticks, guint32 kind,
                       guint32 name, guint64 a, guint64 b)
{
    guint64 head, at;

    memcpy(&head, area->bytes + ring_at(ring), sizeof(head));
    at = ring_at(ring) + 0x1000 + head % HET_RECORDER_RECORDS * 32;
    put64(area, at, ticks);
    put32(area, at + 8, kind);
    put32(area, at + 12, name);
    put64(area, at + 16, a);
    put64(area, at + 24, b);
    put64(area, ring_at(ring), head + 1);
}

static void put_pair(Area *area, guint64 offset, guint64 ticks, guint64 ns,
                     guint64 virtual_ns)
{
    put64(area, offset, ticks);
    put64(area, offset + 8, ns);
    put64(area, offset + 16, virtual_ns);
}

static void make(Area *area, const char *link)
{
    memset(area, 0, sizeof(*area));
    area->cut = SIZE;
    put32(area, 0, MAGIC);
    put32(area, 4, 1);
    put32(area, 8, RINGS);
    put32(area, 12, HET_RECORDER_RECORDS);
    put32(area, 16, 4);
    put_pair(area, 24, FIRST_TICKS, FIRST_NS, 0);
    put_pair(area, 48, LAST_TICKS, 2 * FIRST_NS, FIRST_NS);
    strcpy((char *)area->bytes + 0x1000 + 64, link);
    strcpy((char *)area->bytes + 0x1000 + 2 * 64, "idm");
    strcpy((char *)area->bytes + 0x1000 + 3 * 64, "running");
    for (guint i = 0; i < RINGS; i++) {
        put32(area, ring_at(i) + 12, i);
    }
}

static HetRecorder *open_area(Area *area, GError **error)
{
    const HetRecorderMemory memory = {
        .read = read_area, .opaque = area, .size = SIZE,
    };

    return het_recorder_new(&memory, error);
}

static void setup(void)
{
    make(&m33, "m4:idm");
    make(&m4, "m33:idm");
    recorders[0] = open_area(&m33, NULL);
    recorders[1] = open_area(&m4, NULL);
    ck_assert(recorders[0] && recorders[1]);
    trace = het_trace_new("soc");
    het_trace_add_processor(trace, "m33", recorders[0], NULL);
    het_trace_add_processor(trace, "m4", recorders[1], NULL);
}

static void teardown(void)
{
    het_trace_free(trace);
    het_recorder_free(recorders[0]);
    het_recorder_free(recorders[1]);
}

static guint64 at_us(guint us)
{
    return FIRST_TICKS + (guint64)us * 2000;
}

static void expect_text(const char *want)
{
    g_autoptr(GString) text = NULL;

    ck_assert(het_trace_read(trace, NULL));
    het_trace_finish(trace, 0);
    text = het_trace_format_text(trace);
    ck_assert_str_eq(text->str, want);
}

START_TEST(test_ring_to_take)
{
    put_record(&m4, 1, at_us(12), HET_RECORD_TAKE, 1, 0x80, 0);
    put_record(&m4, 1, at_us(14), HET_RECORD_RING, 1, 0x2, 0x3);
    put_record(&m33, 1, at_us(10), HET_RECORD_RING, 1, 0x80, 0x80);
    put_record(&m4, 0, at_us(11), HET_RECORD_IRQ, 2, 0, 1);
    expect_text(
        "1.000010000  0.000010000  m33/0    rings idm at m4, channel 7\n"
        "1.000011000  0.000011000  m4       idm raises its interrupt 0\n"
        "1.000012000  0.000012000  m4/0     takes idm from m33, channel 7"
        "  (2.000 us after the ring, interrupt after 1.000 us)\n"
        "1.000014000  0.000014000  m4/0     rings idm at m33, channel 1, "
        "again 0\n");
}
END_TEST

/* What was taken before it was rung, rung twice, or made free by a reset */
START_TEST(test_ring_without_take)
{
    const HetTraceFlow *flows;

    put_record(&m4, 1, at_us(1), HET_RECORD_TAKE, 1, 1, 0);
    put_record(&m33, 1, at_us(2), HET_RECORD_RING, 1, 1, 1);
    put_record(&m33, 0, at_us(3), HET_RECORD_BOOT, 1, 0, 0);
    put_record(&m4, 1, at_us(4), HET_RECORD_TAKE, 1, 1, 0);
    put_record(&m33, 1, at_us(5), HET_RECORD_RING, 1, 1, 1);
    put_record(&m33, 1, at_us(6), HET_RECORD_RING, 1, 1, 1);
    put_record(&m4, 1, at_us(7), HET_RECORD_TAKE, 1, 1, 0);
    ck_assert(het_trace_read(trace, NULL));
    het_trace_finish(trace, 0);
    ck_assert_uint_eq(trace->flows->len, 3);
    flows = (const HetTraceFlow *)trace->flows->data;
    ck_assert_uint_eq(flows[0].take, HET_TRACE_NONE);
    ck_assert_uint_eq(flows[1].take, HET_TRACE_NONE);
    ck_assert_uint_eq(flows[2].take, 6);
}
END_TEST

START_TEST(test_guest_time_stands_still)
{
    put_record(&m4, 0, at_us(100), HET_RECORD_RUN, 3, 0, 50000);
    put_record(&m4, 1, at_us(200), HET_RECORD_RESET, 0, 0, 0);
    put_record(&m4, 0, at_us(300), HET_RECORD_RUN, 3, 1, 50000);
    put_record(&m4, 1, at_us(310), HET_RECORD_RESET, 0, 0, 0);
    put_record(&m4, 1, at_us(90), HET_RECORD_RESET, 0, 0, 0);
    expect_text(
        "1.000090000  0.000040000  m4/0     machine is reset\n"
        "1.000100000  0.000050000  m4       emulator stops: running\n"
        "1.000200000  0.000050000  m4/0     machine is reset\n"
        "1.000300000  0.000050000  m4       emulator goes on: running\n"
        "1.000310000  0.000060000  m4/0     machine is reset\n");
}
END_TEST

static void write_more(void)
{
    for (guint i = 0; i < 100; i++) {
        put_record(&m4, 1, at_us(5000 + i), HET_RECORD_TAKE, 1, 1, 0);
    }
}

/* What is overwritten while it is read is left out, and counted. */
START_TEST(test_overwritten)
{
    GArray *records = g_array_new(FALSE, FALSE, sizeof(HetRecord));
    guint64 lost = 0;

    for (guint i = 0; i < 10; i++) {
        put_record(&m4, 1, i, HET_RECORD_TAKE, 1, 1, 0);
    }
    ck_assert(het_recorder_read(recorders[1], records, &lost, NULL));
    ck_assert_uint_eq(records->len, 10);
    g_array_set_size(records, 0);
    for (guint i = 0; i < HET_RECORDER_RECORDS - 1; i++) {
        put_record(&m4, 1, 10 + i, HET_RECORD_TAKE, 1, 1, 0);
    }
    m4.meanwhile = write_more;
    ck_assert(het_recorder_read(recorders[1], records, &lost, NULL));
    ck_assert_uint_eq(lost, 100);
    ck_assert_uint_eq(records->len, HET_RECORDER_RECORDS - 1 - 100);
    ck_assert_uint_eq(g_array_index(records, HetRecord, 0).ticks, 110);
    g_array_set_size(records, 0);
    ck_assert(het_recorder_read(recorders[1], records, &lost, NULL));
    ck_assert_uint_eq(records->len, 100);
    ck_assert_uint_eq(lost, 100);
    g_array_unref(records);
}
END_TEST

static void add_message_of(guint32 source, const char *name, guint8 payload,
                           gint64 not_before, gboolean needs_ring)
{
    const guint8 raw[HET_TRACE_MESSAGE_HEADER + 1] = {
        [12] = 1, [16] = payload,
    };
    g_autoptr(GBytes) bytes = g_bytes_new(raw, sizeof(raw));
    const HetTraceMessage message = {
        .from = 0, .to = 1, .channel = 1, .source = source,
        .destination = 0x35, .name = name, .not_before = not_before,
        .seen = FIRST_NS + 100000, .bytes = bytes, .needs_ring = needs_ring,
    };

    het_trace_add_message(trace, &message);
}

static void add_message(guint32 source, const char *name, guint8 payload)
{
    add_message_of(source, name, payload, FIRST_NS, FALSE);
}

/* Three that were seen at once, for two rings of their channel */
START_TEST(test_messages)
{
    g_autoptr(GString) pcapng = NULL;
    g_autoptr(GString) vcd = NULL;

    put_record(&m33, 1, at_us(10), HET_RECORD_RING, 1, 2, 2);
    put_record(&m33, 1, at_us(15), HET_RECORD_RING, 1, 1, 1);
    put_record(&m33, 1, at_us(20), HET_RECORD_RING, 1, 2, 2);
    put_record(&m33, 1, at_us(200), HET_RECORD_RING, 1, 2, 2);
    add_message(1, NULL, 0xaa);
    add_message(2, "announces 'x' at 0x2", 0xbb);
    add_message(3, NULL, 0xcc);
    het_trace_add_line(trace, 1, "serial0", "hello", FIRST_NS + 30000);
    trace->has_payloads = TRUE;
    expect_text(
        "1.000010000  0.000010000  m33/0    rings idm at m4, channel 1\n"
        "1.000010000  0.000010000  m33      sends to m4, 0x1 to 0x35, 1 "
        "bytes: aa\n"
        "1.000010000  0.000010000  m33      sends to m4, 0x2 to 0x35, 1 "
        "bytes, announces 'x' at 0x2: bb\n"
        "1.000015000  0.000015000  m33/0    rings idm at m4, channel 0\n"
        "1.000020000  0.000020000  m33/0    rings idm at m4, channel 1\n"
        "1.000020000  0.000020000  m33      sends to m4, 0x3 to 0x35, 1 "
        "bytes: cc\n"
        "1.000030000  0.000030000  m4       serial0: hello\n"
        "1.000200000  0.000200000  m33/0    rings idm at m4, channel 1\n");
    pcapng = het_trace_format_pcapng(trace);
    ck_assert_uint_eq(pcapng->len % 4, 0);
    ck_assert_mem_eq(pcapng->str, "\x0a\x0d\x0d\x0a", 4);
    vcd = het_trace_format_vcd(trace);
    ck_assert_ptr_nonnull(strstr(vcd->str, "$var event 1 ! rpmsg_to_m4 $end"));
    ck_assert_ptr_nonnull(strstr(vcd->str,
                                 "$var string 1 \" rpmsg_to_m4_what $end"));
    ck_assert_ptr_nonnull(strstr(vcd->str, "1!\ns0x1->0x35,1 \"\n"));
    ck_assert_ptr_nonnull(strstr(vcd->str,
                                 "s0x2->0x35,1,announces_'x'_at_0x2 \"\n"));
    ck_assert_ptr_nonnull(strstr(vcd->str, "console_serial0 $end"));
    ck_assert_ptr_nonnull(strstr(vcd->str, "shello #\n"));
}
END_TEST

/* What was sent before the recorder begins has no time. */
START_TEST(test_messages_of_before)
{
    put_record(&m33, 1, at_us(10), HET_RECORD_RING, 1, 2, 2);
    put_record(&m33, 1, at_us(20), HET_RECORD_RING, 1, 2, 2);
    for (guint i = 1; i < 5; i++) {
        add_message_of(i, NULL, 0xa0 + i, 1, TRUE);
    }
    trace->has_payloads = TRUE;
    expect_text(
        "1.000010000  0.000010000  m33/0    rings idm at m4, channel 1\n"
        "1.000010000  0.000010000  m33      sends to m4, 0x3 to 0x35, 1 "
        "bytes: a3\n"
        "1.000020000  0.000020000  m33/0    rings idm at m4, channel 1\n"
        "1.000020000  0.000020000  m33      sends to m4, 0x4 to 0x35, 1 "
        "bytes: a4\n");
}
END_TEST

START_TEST(test_what_the_host_does)
{
    put_record(&m4, 0, at_us(1), HET_RECORD_NOTE, 3, 4711, 0);
    put_record(&m4, 0, at_us(2), HET_RECORD_COMMAND, 3, 0, 0);
    expect_text("1.000001000  0.000001000  m4       running, pid 4711\n"
                "1.000002000  0.000002000  m4       host commands running\n");
}
END_TEST

/* An emulator that has begun anew: nothing of the old one is left. */
START_TEST(test_begun_anew)
{
    put_record(&m4, 1, at_us(1), HET_RECORD_TAKE, 1, 1, 0);
    ck_assert(het_trace_read(trace, NULL));
    make(&m4, "other:idm");
    put_pair(&m4, 24, FIRST_TICKS + 1, FIRST_NS, 0);
    put_record(&m4, 1, at_us(2), HET_RECORD_TAKE, 1, 1, 0);
    ck_assert(het_trace_read(trace, NULL));
    ck_assert_uint_eq(trace->events->len, 2);
    ck_assert_str_eq(het_trace_event(trace, 1)->name, "other:idm");
    ck_assert_uint_eq(het_trace_event(trace, 1)->peer, HET_TRACE_NONE);
}
END_TEST

static void expect_refused(int code, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HetRecorder) r = open_area(&m4, &error);

    ck_assert_ptr_null(r);
    ck_assert_int_eq(error->code, code);
    ck_assert_msg(strstr(error->message, text) != NULL, "%s",
                  error->message);
}

START_TEST(test_refused)
{
    put32(&m4, 0, 0);
    expect_refused(HET_ERROR_NOT_FOUND, "nothing was recorded");
    put32(&m4, 0, 1);
    expect_refused(HET_ERROR_STATE, "magic 0x00000001");
    make(&m4, "m33:idm");
    put32(&m4, 4, 2);
    expect_refused(HET_ERROR_STATE, "version 2");
    make(&m4, "m33:idm");
    put32(&m4, 8, RINGS + 1);
    expect_refused(HET_ERROR_STATE, "4 rings");
    make(&m4, "m33:idm");
    m4.cut = 40;
    expect_refused(HET_ERROR_STATE, "cut");
}
END_TEST

/* Cut later: an error that names the processor */
START_TEST(test_cut)
{
    g_autoptr(GError) error = NULL;

    put_record(&m4, 2, 1, HET_RECORD_HALT, 0, 0, 0);
    m4.cut = ring_at(2) + 8;
    ck_assert(!het_trace_read(trace, &error));
    ck_assert(g_str_has_prefix(error->message, "processor 'm4': "));
}
END_TEST

/* A clock that is none, ticks and heads from anywhere */
START_TEST(test_hostile)
{
    g_autoptr(GString) text = NULL;
    g_autoptr(GString) json = NULL;
    g_autoptr(GString) vcd = NULL;
    g_autoptr(JsonNode) root = NULL;

    put_pair(&m4, 24, G_MAXUINT64, 0, G_MAXUINT64);
    put_pair(&m4, 48, 0, G_MAXUINT64, 1);
    put_pair(&m33, 24, 5, (guint64)1 << 63, 7);
    put_pair(&m33, 48, 5, (guint64)1 << 63, 7);
    for (guint kind = 0; kind < 50; kind++) {
        put_record(&m4, kind % 3, kind * ((guint64)1 << 58), kind,
                   kind * 100, G_MAXUINT64 - kind, (guint64)1 << 63);
    }
    put64(&m33, ring_at(2), G_MAXUINT64);
    ck_assert(het_trace_read(trace, NULL));
    het_trace_finish(trace, G_MININT64);
    text = het_trace_format_text(trace);
    json = het_trace_format_perfetto(trace);
    vcd = het_trace_format_vcd(trace);
    root = json_from_string(json->str, NULL);
    ck_assert_ptr_nonnull(root);
}
END_TEST

START_TEST(test_exceptions)
{
    static const struct {
        guint64 code;
        const char *name;
        gboolean is_interrupt;
    } cases[] = {
        { 1ull << 32 | 15, "SysTick", FALSE },
        { 1ull << 32 | 0x80000000u | 56, "interrupt 40", TRUE },
        { 1ull << 32 | 3, "HardFault", FALSE },
        { 2ull << 32 | 5, "IRQ", TRUE },
        { 2ull << 32 | 4, "data abort", FALSE },
        { 3ull << 32 | 0x80000000u | 7, "timer interrupt", TRUE },
        { 3ull << 32 | 13, "page fault of a load", FALSE },
        { 3ull << 32 | 99, "exception 99", FALSE },
        { G_MAXUINT64, "exception 2147483647", FALSE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = het_exception_name(cases[i].code);

        ck_assert_str_eq(name, cases[i].name);
        ck_assert_int_eq(het_exception_is_interrupt(cases[i].code),
                         cases[i].is_interrupt);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trace");
    TCase *tests = tcase_create("read");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_ring_to_take);
    tcase_add_test(tests, test_ring_without_take);
    tcase_add_test(tests, test_guest_time_stands_still);
    tcase_add_test(tests, test_overwritten);
    tcase_add_test(tests, test_messages);
    tcase_add_test(tests, test_messages_of_before);
    tcase_add_test(tests, test_what_the_host_does);
    tcase_add_test(tests, test_begun_anew);
    tcase_add_test(tests, test_refused);
    tcase_add_test(tests, test_cut);
    tcase_add_test(tests, test_hostile);
    tcase_add_test(tests, test_exceptions);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
