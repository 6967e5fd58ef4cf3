/*
 * Which of several logs is written: in the order in which they are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <glib/gstdio.h>
#include <stdio.h>

#include "data.h"
#include "util/log-watch.h"

#define LOGS 3

static char *folder;
static char *paths[LOGS];
static HetLogWatch *watch;
static GString *order;

static void setup(void)
{
    folder = g_dir_make_tmp("hetctl-log-watch-XXXXXX", NULL);
    ck_assert_ptr_nonnull(folder);
    watch = het_log_watch_new();
    order = g_string_new(NULL);
    for (guint i = 0; i < LOGS; i++) {
        paths[i] = g_strdup_printf("%s/%u.log", folder, i);
        het_log_watch_add(watch, paths[i]);
    }
}

static void teardown(void)
{
    g_autofree char *old = g_strdup_printf("%s.0", paths[0]);

    het_log_watch_free(watch);
    g_unlink(old);
    for (guint i = 0; i < LOGS; i++) {
        g_unlink(paths[i]);
        g_free(paths[i]);
    }
    g_rmdir(folder);
    g_free(folder);
    g_string_free(order, TRUE);
}

static void add_line(const char *path)
{
    FILE *file = fopen(path, "a");

    ck_assert_ptr_nonnull(file);
    fputs("line\n", file);
    fclose(file);
}

static void note(guint index, gpointer opaque)
{
    g_string_append_printf(order, "%u", index);
}

static void expect_order(const char *want)
{
    het_log_watch_wait(watch, 0, note, NULL);
    ck_assert_str_eq(order->str, want);
    g_string_truncate(order, 0);
}

START_TEST(test_order)
{
    g_autofree char *other = g_strdup_printf("%s/other", folder);

    expect_order("");
    add_line(paths[2]);
    add_line(paths[0]);
    add_line(paths[0]);
    add_line(other);
    add_line(paths[2]);
    add_line(paths[1]);
    expect_order("2021");
    expect_order("");
    g_unlink(other);
}
END_TEST

START_TEST(test_rotated)
{
    g_autofree char *old = g_strdup_printf("%s.0", paths[0]);

    add_line(paths[0]);
    add_line(paths[1]);
    ck_assert_int_eq(g_rename(paths[0], old), 0);
    add_line(paths[0]);
    expect_order("010");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log-watch");
    TCase *tc = tcase_create("log-watch");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, test_order);
    tcase_add_test(tc, test_rotated);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
