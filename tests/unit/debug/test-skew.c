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

static void go(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(clocks); i++) {
        het_skew_goes(&clocks[i]);
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

START_TEST(test_stops)
{
    const guint64 instructions = 7;
    HetSkew skew = { };
    g_autofree char *none = het_skew_format(&skew, NULL);
    g_autofree char *text = NULL;

    ck_assert_str_eq(none, "stops 0, last 0 us, unknown instructions, "
                           "mean 0 us, longest 0 us\n");
    go();
    stop(0, 1000, 20 * MS);
    stop(1, 11000, 23 * MS);
    stop(2, 22, 21 * MS);
    note(&skew);
    ck_assert_uint_eq(skew.stops, 1);
    ck_assert_int_eq(skew.first_ns, 20 * MS);
    ck_assert_uint_eq(skew.last_ns, 3 * MS);
    ck_assert(clocks[0].is_of_last && clocks[1].is_of_last);

    go();
    stop(1, 11400, 32 * MS);
    stop(0, 1000, 31 * MS);
    note(&skew);
    ck_assert(clocks[0].is_of_last && clocks[1].is_of_last &&
              !clocks[2].is_of_last);
    text = het_skew_format(&skew, &instructions);
    ck_assert_str_eq(text, "stops 2, last 1000 us, 7 instructions, "
                           "mean 2000 us, longest 3000 us\n");
}
END_TEST

START_TEST(test_what_counts)
{
    HetSkew skew = { };

    /* One alone, and a stub that tells nothing */
    go();
    stop(0, 1000, 20 * MS);
    stop(1, 0, 0);
    note(&skew);
    ck_assert_uint_eq(skew.stops, 0);
    ck_assert(!clocks[0].is_of_last);

    /* Who did not go has not halted either. */
    het_skew_goes(&clocks[1]);
    stop(1, 5, 40 * MS);
    note(&skew);
    ck_assert_uint_eq(skew.stops, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("skew");
    TCase *tc = tcase_create("skew");

    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, test_stops);
    tcase_add_test(tc, test_what_counts);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
