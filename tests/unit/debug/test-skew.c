/*
 * How far apart the processors of a SoC have halted
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "data.h"
#include "debug/skew.h"

#define MS (1000 * 1000)

static HetSkewClock clocks[3];

static void stop(guint i, guint64 executed, gint64 ns)
{
    const HetRspStop at = { .executed = executed, .stopped_ns = ns };

    het_skew_stops(&clocks[i], &at);
}

static void go(gint64 ns)
{
    for (guint i = 0; i < G_N_ELEMENTS(clocks); i++) {
        het_skew_goes(&clocks[i], ns);
    }
}

static void note(HetSkew *skew)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();

    for (guint i = 0; i < G_N_ELEMENTS(clocks); i++) {
        g_ptr_array_add(all, &clocks[i]);
    }
    het_skew_note(skew, all);
}

static void setup(void)
{
    memset(clocks, 0, sizeof(clocks));
}

START_TEST(test_speed_of_each)
{
    HetSkew skew = { };
    g_autofree char *text = NULL;

    go(10 * MS);
    stop(0, 1000, 20 * MS);
    stop(1, 11000, 21 * MS);    /* 1,000 in a ms */
    stop(2, 22, 21 * MS);       /* it sleeps nearly all the time */
    note(&skew);
    ck_assert_uint_eq(skew.stops, 1);
    ck_assert_uint_eq(skew.ns.last, MS);
    ck_assert_uint_eq(skew.instructions.last, 1000);

    /* Since they were let go, not since ever */
    go(30 * MS);
    stop(1, 11000 + 400, 34 * MS);
    stop(0, 1000, 31 * MS);
    note(&skew);
    ck_assert_uint_eq(skew.ns.last, 3 * MS);
    ck_assert_uint_eq(skew.instructions.last, 300);
    text = het_skew_format(&skew);
    ck_assert_str_eq(text, "stops 2, last 3000 us (300 instructions), "
                           "mean 2000 us (650 instructions), "
                           "longest 3000 us (1000 instructions)\n");
}
END_TEST

START_TEST(test_what_counts)
{
    HetSkew skew = { };
    g_autofree char *text = het_skew_format(&skew);

    ck_assert_str_eq(text, "stops 0, last 0 us (0 instructions), mean 0 us "
                           "(0 instructions), longest 0 us "
                           "(0 instructions)\n");

    /* One alone, and a stub that tells nothing */
    go(10 * MS);
    stop(0, 1000, 20 * MS);
    stop(1, 0, 0);
    note(&skew);
    ck_assert_uint_eq(skew.stops, 0);

    /* Who did not go has not halted either. */
    het_skew_goes(&clocks[1], 30 * MS);
    stop(1, 5, 40 * MS);
    note(&skew);
    ck_assert_uint_eq(skew.stops, 0);
}
END_TEST

START_TEST(test_hostile)
{
    HetSkew skew = { };

    go(10 * MS);
    stop(0, G_MAXUINT64, 1);
    stop(1, G_MAXUINT64, G_MAXINT64);
    stop(2, 7, 11 * MS);
    note(&skew);
    ck_assert_uint_eq(skew.stops, 1);
    ck_assert_uint_eq(skew.ns.last, G_MAXINT64 - 1);

    go(12 * MS);
    stop(0, 5, 13 * MS);        /* less than before */
    stop(2, 9, 14 * MS);
    note(&skew);
    ck_assert_uint_eq(skew.instructions.last, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("skew");
    TCase *tc = tcase_create("skew");

    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, test_speed_of_each);
    tcase_add_test(tc, test_what_counts);
    tcase_add_test(tc, test_hostile);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
