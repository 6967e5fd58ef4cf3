/*
 * A log that grows, is rotated, cut, and made anew
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "util/error.h"
#include "util/log-tail.h"

#include <glib/gstdio.h>

static char *folder;
static char *path;
static GString *got;

static void setup(void)
{
    folder = g_dir_make_tmp("hetctl-log-XXXXXX", NULL);
    path = g_build_filename(folder, "log", NULL);
    got = g_string_new(NULL);
}

static void teardown(void)
{
    g_autofree char *command = g_strdup_printf("rm -r '%s'", folder);

    ck_assert(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
    g_free(path);
    g_free(folder);
    g_string_free(got, TRUE);
}

static void say(const char *text)
{
    FILE *file = g_fopen(path, "ab");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

/* As virtlogd does: with @backups of them the last is overwritten */
static void rotate(int backups)
{
    for (int i = backups - 1; i >= 0; i--) {
        g_autofree char *from = i ? g_strdup_printf("%s.%d", path, i - 1)
                                  : g_strdup(path);
        g_autofree char *to = g_strdup_printf("%s.%d", path, i);

        g_rename(from, to);
    }
}

static void take(gpointer opaque, const char *bytes, gsize size,
                 gint64 modified)
{
    ck_assert_int_gt(modified, 0);
    g_string_append_len(got, bytes, size);
}

static void expect_read(HetLogTail *tail, const char *text)
{
    g_autoptr(GError) error = NULL;

    g_string_truncate(got, 0);
    ck_assert_msg(het_log_tail_read(tail, take, NULL, &error), "%s",
                  error ? error->message : "");
    ck_assert_str_eq(got->str, text);
}

START_TEST(test_grows)
{
    g_autoptr(HetLogTail) tail = het_log_tail_new(path, FALSE, NULL);

    expect_read(tail, "");
    say("a");
    expect_read(tail, "a");
    expect_read(tail, "");
    say("b");
    expect_read(tail, "b");
}
END_TEST

START_TEST(test_from_end)
{
    g_autoptr(HetLogTail) tail = NULL;

    say("old");
    tail = het_log_tail_new(path, TRUE, NULL);
    say("new");
    expect_read(tail, "new");
}
END_TEST

START_TEST(test_rotated)
{
    g_autoptr(HetLogTail) tail = NULL;

    say("1");
    rotate(3);
    say("2");
    rotate(3);
    say("3");
    tail = het_log_tail_new(path, FALSE, NULL);
    expect_read(tail, "123");
    say("4");
    rotate(3);
    say("5");
    rotate(3);
    say("6");
    expect_read(tail, "456");
    rotate(3);
    expect_read(tail, "");
    say("7");
    expect_read(tail, "7");
}
END_TEST

/* More often than there are backups: what is left is read. */
START_TEST(test_rotated_away)
{
    g_autoptr(HetLogTail) tail = NULL;

    say("1");
    tail = het_log_tail_new(path, FALSE, NULL);
    expect_read(tail, "1");
    for (const char *c = "2345"; *c; c++) {
        const char text[] = { *c, '\0' };

        rotate(2);
        say(text);
    }
    expect_read(tail, "345");
}
END_TEST

START_TEST(test_cut)
{
    g_autoptr(HetLogTail) tail = NULL;

    say("long");
    tail = het_log_tail_new(path, FALSE, NULL);
    expect_read(tail, "long");
    ck_assert(g_file_set_contents(path, "", 0, NULL));
    say("s");
    expect_read(tail, "s");
}
END_TEST

START_TEST(test_no_file)
{
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(het_log_tail_new(folder, FALSE, &error));
    ck_assert_int_eq(error->code, HET_ERROR_FAILED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log-tail");
    TCase *tests = tcase_create("read");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_grows);
    tcase_add_test(tests, test_from_end);
    tcase_add_test(tests, test_rotated);
    tcase_add_test(tests, test_rotated_away);
    tcase_add_test(tests, test_cut);
    tcase_add_test(tests, test_no_file);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
