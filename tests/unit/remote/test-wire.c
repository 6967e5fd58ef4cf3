/*
 * What two hetctl say to each other, and what somebody else may say
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "data.h"
#include "remote/wire.h"
#include "util/error.h"

/* What comes in is written to the descriptor. */
static HetWire *open_wire(int *other)
{
    int fds[2];

    ck_assert_int_eq(pipe(fds), 0);
    *other = fds[1];
    return het_wire_new(fds[0], open("/dev/null", O_WRONLY | O_CLOEXEC));
}

static void say(HetWire *wire, int fd, gconstpointer data, gsize size)
{
    ck_assert_int_eq(write(fd, data, size), size);
    ck_assert(het_wire_fill(wire));
}

static const struct {
    const char *text;
    const char *error;          /* NULL: none */
    gboolean is_whole;
} hellos[] = {
    { "hetctl-remote 1 " PACKAGE_VERSION "\n", NULL, TRUE },
    { "Last login: today\r\nhetctl-remote 1 " PACKAGE_VERSION "\n", NULL,
      TRUE },
    { "hetctl-remote 1 " PACKAGE_VERSION, NULL, FALSE },
    { "hetctl-remote\n", NULL, FALSE },
    { "", NULL, FALSE },
    { "hetctl-remote 2 " PACKAGE_VERSION "\n", "has hetctl", TRUE },
    { "hetctl-remote 1x " PACKAGE_VERSION "\n", "has hetctl", TRUE },
    { "hetctl-remote 4294967297 " PACKAGE_VERSION "\n", "has hetctl", TRUE },
    { "hetctl-remote 1 9.9.9\n", "has hetctl 9.9.9, this one is", TRUE },
    { "hetctl-remote 1 \n", "has hetctl", TRUE },
    { "hetctl-remote 1\n", "of no version", TRUE },
    { "hetctl-remote \n", "of no version", TRUE },
    { "hetctl-remote 1 0\n", "has hetctl 0", TRUE },
    { "hetctl-remote 1 \xff\n", "does not answer as hetctl does", TRUE },
    /* Cut at 40 bytes it would end inside a letter. */
    { "hetctl-remote 1 123456789012345678901234567890123456789\xc3\xa4"
      "tail\n", "has hetctl 12345", TRUE },
};

START_TEST(test_hello)
{
    g_autoptr(GError) error = NULL;
    int fd;
    g_autoptr(HetWire) wire = open_wire(&fd);
    const char *text = hellos[_i].text;
    gboolean ok;

    if (*text) {
        say(wire, fd, text, strlen(text));
    }
    ok = het_wire_take_hello(wire, "h", &error);
    ck_assert_int_eq(ok, hellos[_i].is_whole && !hellos[_i].error);
    ck_assert_int_eq(error != NULL, hellos[_i].error != NULL);
    if (error) {
        ck_assert_int_eq(error->code, HET_ERROR_LIBVIRT);
        ck_assert_ptr_nonnull(strstr(error->message, hellos[_i].error));
        ck_assert(g_utf8_validate(error->message, -1, NULL));
    }
    close(fd);
}
END_TEST

START_TEST(test_endless_noise)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *noise = g_strnfill(HET_WIRE_CHUNK, '\n');
    int fd;
    g_autoptr(HetWire) wire = open_wire(&fd);

    for (int i = 0; i < 4 && !error; i++) {
        say(wire, fd, noise, HET_WIRE_CHUNK);
        ck_assert(!het_wire_take_hello(wire, "h", &error));
    }
    ck_assert_ptr_nonnull(error);
    close(fd);
}
END_TEST

#define FRAME(text) text, sizeof(text) - 1

static const struct {
    const char *bytes;
    gsize size;
    int type;                   /* -1: not whole; -2: refused */
} frames[] = {
    { FRAME(""), -1 },
    { FRAME("\x0b\0\0\0"), -1 },
    { FRAME("\x0b\0\0\0\0"), -2 },
    { FRAME("\x0b\0\0\0\1\0"), HET_FRAME_BEAT },
    { FRAME("\x0b\0\0\0\1\1"), -2 },
    { FRAME("\x0c\0\0\0\1\0"), -2 },
    { FRAME("\xff\0\0\0\0"), -2 },
    { FRAME("\x03\xff\xff\xff\xff"), -2 },
    { FRAME("\x03\0\x40\0\1"), -2 },
    { FRAME("\x03\0\x40\0\0"), -1 },
    { FRAME("\x03\0\0\0\1\2"), HET_FRAME_SIGNAL },
    { FRAME("\x03\0\0\0\2\2\2"), -2 },
    { FRAME("\x04\0\0\0\4\1\0\2\0"), HET_FRAME_SIZE },
    { FRAME("\x04\0\0\0\3\1\0\2"), -2 },
    { FRAME("\x07\0\0\0\4\1\0\0\0"), HET_FRAME_CREDIT },
    { FRAME("\x09\0\0\0\2\2\0"), -2 },                  /* no boolean */
    { FRAME("\x00\0\0\0\3\xff\xff\0"), -2 },            /* no UTF-8 */
    { FRAME("\x00\0\0\0\3" "a\0b"), -2 },
    { FRAME("\x02\0\0\0\3\1\2\xff"), -2 },              /* offsets past it */
    { FRAME("\x01\0\0\0\0"), HET_FRAME_FILE },
};

START_TEST(test_frame)
{
    g_autoptr(GError) error = NULL;
    g_auto(HetFrame) frame = { 0 };
    int fd, want = frames[_i].type;
    g_autoptr(HetWire) wire = open_wire(&fd);
    gboolean ok;

    for (gsize i = 0; i < frames[_i].size; i++) {
        say(wire, fd, frames[_i].bytes + i, 1);
    }
    ok = het_wire_take(wire, &frame, &error);
    ck_assert_int_eq(ok ? (int)frame.type : error ? -2 : -1, want);
    ck_assert(!ok || !het_wire_take(wire, &frame, &error));
    close(fd);
}
END_TEST

/* What is sent comes out, whole, in order, and as long as it was. */
START_TEST(test_both_ways)
{
    static const char data[] = "a\0b\xff";
    g_autoptr(GError) error = NULL;
    int fds[2];
    g_autoptr(HetWire) wire = NULL;

    ck_assert_int_eq(pipe(fds), 0);
    wire = het_wire_new(fds[0], fds[1]);
    het_wire_hello(wire);
    het_wire_send_data(wire, HET_STREAM_FILE, data, sizeof(data));
    het_wire_send(wire, HET_FRAME_ERROR, g_variant_new("(ys)", 3, "text"));
    ck_assert(het_wire_finish(wire, 1000));
    ck_assert_uint_eq(het_wire_queued(wire), 0);
    ck_assert(het_wire_fill(wire));
    ck_assert(het_wire_take_hello(wire, "h", &error));
    for (int i = 0; i < 2; i++) {
        g_auto(HetFrame) frame = { 0 };

        ck_assert(het_wire_take(wire, &frame, &error));
        ck_assert_int_eq(frame.type, i ? HET_FRAME_ERROR : HET_FRAME_DATA);
        if (i == 0) {
            g_autoptr(GVariant) bytes =
                g_variant_get_child_value(frame.body, 1);
            gsize size;
            gconstpointer got = g_variant_get_fixed_array(bytes, &size, 1);

            ck_assert_mem_eq(got, data, sizeof(data));
            ck_assert_uint_eq(size, sizeof(data));
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wire");
    TCase *tcase = tcase_create("wire");

    tcase_add_loop_test(tcase, test_hello, 0, G_N_ELEMENTS(hellos));
    tcase_add_test(tcase, test_endless_noise);
    tcase_add_loop_test(tcase, test_frame, 0, G_N_ELEMENTS(frames));
    tcase_add_test(tcase, test_both_ways);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
