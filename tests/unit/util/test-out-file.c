/*
 * Writing a result: what is there stays what it is
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "util/error.h"
#include "util/out-file.h"
#include "util/scratch.h"
#include "util/write-all.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static HetScratch *folder;
static char *path;

static void setup(void)
{
    folder = het_scratch_new(NULL);
    ck_assert_ptr_nonnull(folder);
    path = het_scratch_file(folder, "out");
}

static void teardown(void)
{
    g_free(path);
    het_scratch_free(folder);
}

static guint count_files(void)
{
    g_autoptr(GDir) dir = g_dir_open(het_scratch_path(folder), 0, NULL);
    guint n = 0;

    while (g_dir_read_name(dir)) {
        n++;
    }
    return n;
}

static void check_content(const char *file, const char *want)
{
    g_autofree char *content = NULL;

    ck_assert(g_file_get_contents(file, &content, NULL, NULL));
    ck_assert_str_eq(content, want);
}

static void write_out(const char *file, const char *text)
{
    g_autoptr(GError) error = NULL;

    ck_assert_msg(het_out_file_write(file, text, strlen(text), &error), "%s",
                  error ? error->message : "");
}

static mode_t mode_of(const char *file)
{
    struct stat st;

    ck_assert_int_eq(stat(file, &st), 0);
    return st.st_mode;
}

START_TEST(test_a_new_file_has_the_usual_mode)
{
    mode_t mask = umask(027);

    write_out(path, "new");
    umask(mask);
    check_content(path, "new");
    ck_assert_uint_eq(mode_of(path), S_IFREG | 0640);
    ck_assert_uint_eq(count_files(), 1);
}
END_TEST

START_TEST(test_a_file_is_replaced_at_once_with_its_mode)
{
    g_autoptr(HetOutFile) out = NULL;
    int reader;
    char old[8] = "";

    write_out(path, "old");
    ck_assert_int_eq(chmod(path, 0604), 0);
    reader = open(path, O_RDONLY);
    out = het_out_file_open(path, NULL);
    ck_assert(het_write_all(het_out_file_get_fd(out), "new", 3, NULL));
    check_content(path, "old");
    ck_assert(het_out_file_commit(out, NULL));
    check_content(path, "new");
    ck_assert_uint_eq(mode_of(path), S_IFREG | 0604);
    ck_assert_int_eq(read(reader, old, sizeof(old)), 3);
    ck_assert_str_eq(old, "old");
    close(reader);
    ck_assert_uint_eq(count_files(), 1);
}
END_TEST

START_TEST(test_without_commit_nothing_happens)
{
    HetOutFile *out;

    write_out(path, "old");
    out = het_out_file_open(path, NULL);
    ck_assert(het_write_all(het_out_file_get_fd(out), "new", 3, NULL));
    het_out_file_free(out);
    check_content(path, "old");
    ck_assert_uint_eq(count_files(), 1);
}
END_TEST

START_TEST(test_a_link_is_written_through)
{
    g_autofree char *link = het_scratch_file(folder, "link");

    write_out(path, "old");
    ck_assert_int_eq(symlink("out", link), 0);
    write_out(link, "new");
    ck_assert(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    check_content(path, "new");
    ck_assert_uint_eq(count_files(), 2);
}
END_TEST

static void check_refused(const char *file, const char *why)
{
    g_autoptr(GError) error = NULL;

    ck_assert(!het_out_file_write(file, "x", 1, &error));
    ck_assert_msg(strstr(error->message, file) && strstr(error->message, why),
                  "got: %s", error->message);
}

START_TEST(test_what_cannot_be_written_stays)
{
    g_autofree char *link = het_scratch_file(folder, "link");

    ck_assert_int_eq(symlink("nowhere", link), 0);
    check_refused(link, "No such file");
    ck_assert(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    check_refused(het_scratch_path(folder), "directory");
    check_refused("/no/such/folder/out", "No such file");
    check_refused("/dev/full", "No space left");
    ck_assert_uint_eq(count_files(), 1);
}
END_TEST

/* What another one reads from a pipe */
static gpointer read_all(gpointer opaque)
{
    char *content = NULL;

    g_file_get_contents(opaque, &content, NULL, NULL);
    return content;
}

START_TEST(test_a_pipe_is_written_to)
{
    g_autofree char *content = NULL;
    GThread *reader;

    ck_assert_int_eq(mkfifo(path, 0600), 0);
    reader = g_thread_new("reader", read_all, path);
    write_out(path, "through");
    content = g_thread_join(reader);
    ck_assert_str_eq(content, "through");
    ck_assert(S_ISFIFO(mode_of(path)));
}
END_TEST

START_TEST(test_a_device_stays_a_device)
{
    write_out("/dev/null", "nothing");
    ck_assert(S_ISCHR(mode_of("/dev/null")));
    if (geteuid() == 0 &&
        mknod(path, S_IFCHR | 0600, makedev(1, 3)) == 0) {
        write_out(path, "nothing");
        ck_assert(S_ISCHR(mode_of(path)));
    }
}
END_TEST

START_TEST(test_minus_is_standard_output)
{
    int saved = dup(STDOUT_FILENO);
    int file = open(path, O_WRONLY | O_CREAT, 0600);

    fflush(stdout);
    dup2(file, STDOUT_FILENO);
    printf("first ");
    write_out("-", "second");
    dup2(saved, STDOUT_FILENO);
    close(file);
    close(saved);
    check_content(path, "first second");
}
END_TEST

/* The file is one's own, the folder is not. */
START_TEST(test_a_file_in_a_closed_folder)
{
    write_out(path, "old old old");
    ck_assert_int_eq(chmod(het_scratch_path(folder), 0500), 0);
    write_out(path, "new");
    ck_assert_int_eq(chmod(het_scratch_path(folder), 0700), 0);
    check_content(path, "new");
    ck_assert_uint_eq(count_files(), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("out-file");
    TCase *tc = tcase_create("out-file");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, test_a_new_file_has_the_usual_mode);
    tcase_add_test(tc, test_a_file_is_replaced_at_once_with_its_mode);
    tcase_add_test(tc, test_without_commit_nothing_happens);
    tcase_add_test(tc, test_a_link_is_written_through);
    tcase_add_test(tc, test_what_cannot_be_written_stays);
    tcase_add_test(tc, test_a_pipe_is_written_to);
    tcase_add_test(tc, test_a_device_stays_a_device);
    tcase_add_test(tc, test_minus_is_standard_output);
    tcase_add_test(tc, test_a_file_in_a_closed_folder);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
