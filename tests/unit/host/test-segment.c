/*
 * Platform memory, overlay file and lock of a SoC, on the real /dev/shm
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "host/lock.h"
#include "host/segment.h"
#include "host/start-file.h"
#include "util/error.h"
#include "util/write-all.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE 0x280000

static char *soc;

static void setup(void)
{
    soc = g_strdup_printf("unit-%d", (int)getpid());
}

static void teardown(void)
{
    het_segment_remove(soc, NULL);
    het_start_files_remove(soc, NULL);
    g_free(soc);
}

START_TEST(test_segment_is_reserved_and_private)
{
    g_autoptr(HetSegment) segment = het_segment_create(soc, SIZE, NULL);
    g_autofree char *path = het_segment_path(soc);
    struct stat st;

    ck_assert_ptr_nonnull(segment);
    ck_assert(het_segment_exists(soc));
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_size, SIZE);
    ck_assert_int_eq(st.st_mode & 07777, 0600);
    ck_assert_int_ge(st.st_blocks * 512, SIZE);
    ck_assert_uint_eq(het_segment_get_size(segment), SIZE);
}
END_TEST

START_TEST(test_segment_is_not_taken_over)
{
    g_autoptr(HetSegment) first = het_segment_create(soc, SIZE, NULL);
    g_autoptr(HetSegment) second = NULL;
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_nonnull(first);
    second = het_segment_create(soc, SIZE, &error);
    ck_assert_ptr_null(second);
    ck_assert_int_eq(error->code, HET_ERROR_RESOURCE);
    ck_assert(het_segment_exists(soc));
}
END_TEST

START_TEST(test_segment_opens_again)
{
    g_autoptr(HetSegment) made = het_segment_create(soc, SIZE, NULL);
    g_autoptr(HetSegment) opened = NULL;
    g_autoptr(GError) error = NULL;
    char byte = 0;

    ck_assert_int_eq(pwrite(het_segment_get_fd(made), "x", 1, SIZE - 1), 1);
    opened = het_segment_open(soc, SIZE, &error);
    ck_assert_ptr_nonnull(opened);
    ck_assert_uint_eq(het_segment_get_size(opened), SIZE);
    ck_assert_int_eq(pread(het_segment_get_fd(opened), &byte, 1, SIZE - 1),
                     1);
    ck_assert_int_eq(byte, 'x');
}
END_TEST

START_TEST(test_segment_of_another_size_is_no_soc_s)
{
    g_autoptr(HetSegment) made = het_segment_create(soc, SIZE, NULL);
    static const int more[] = { -1, 1, SIZE };

    ck_assert_ptr_nonnull(made);
    for (gsize i = 0; i < G_N_ELEMENTS(more); i++) {
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(het_segment_open(soc, SIZE + more[i], &error));
        ck_assert_int_eq(error->code, HET_ERROR_STATE);
        ck_assert(strstr(error->message, "left over") != NULL);
    }
}
END_TEST

START_TEST(test_segment_that_is_gone)
{
    g_autoptr(GError) error = NULL;

    ck_assert(!het_segment_exists(soc));
    ck_assert(het_segment_remove(soc, NULL));
    ck_assert_ptr_null(het_segment_open(soc, SIZE, &error));
    ck_assert_int_eq(error->code, HET_ERROR_FAILED);
}
END_TEST

START_TEST(test_too_big_says_how_much_and_leaves_nothing)
{
    g_autoptr(GError) error = NULL;
    const guint64 size = G_GUINT64_CONSTANT(1) << 52;

    ck_assert_ptr_null(het_segment_create(soc, size, &error));
    ck_assert_int_eq(error->code, HET_ERROR_RESOURCE);
    ck_assert(strstr(error->message, "needs 4294967296.0 MiB") != NULL);
    ck_assert(strstr(error->message, "free") != NULL);
    ck_assert(!het_segment_exists(soc));
}
END_TEST

START_TEST(test_segment_owner)
{
    g_autoptr(HetSegment) segment = het_segment_create(soc, SIZE, NULL);
    g_autoptr(GError) error = NULL;

    ck_assert(het_segment_set_owner(segment, geteuid(), getegid(), NULL));
    if (geteuid() != 0) {
        ck_assert(!het_segment_set_owner(segment, 0, 0, &error));
        ck_assert_int_eq(error->code, HET_ERROR_FAILED);
    }
}
END_TEST

static gboolean fill(int fd, gconstpointer opaque, GError **error)
{
    return het_write_all(fd, opaque, strlen(opaque), error);
}

static gboolean fill_half(int fd, gconstpointer opaque, GError **error)
{
    fill(fd, "half", NULL);
    g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE, "no more");
    return FALSE;
}

static gboolean put(HetStartFile file, HetStartFileFill *fill,
                    const char *content, GError **error)
{
    return het_start_file_write(soc, file, G_MAXUINT, G_MAXUINT, fill,
                                content, error);
}

START_TEST(test_start_file_replaces)
{
    g_autofree char *path = het_start_file_path(soc, _i);
    g_autofree char *text = NULL;

    ck_assert(put(_i, fill, "first", NULL));
    ck_assert(put(_i, fill, "2nd", NULL));
    ck_assert(het_start_files_exist(soc));
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_str_eq(text, "2nd");
    ck_assert(het_start_files_remove(soc, NULL));
    ck_assert(het_start_files_remove(soc, NULL));
    ck_assert(!het_start_files_exist(soc));
    ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST(test_start_file_is_whole_or_not_there)
{
    g_autofree char *path = het_start_file_path(soc, HET_START_FILE_OVERLAY);
    g_autoptr(GError) error = NULL;

    ck_assert(!put(HET_START_FILE_OVERLAY, fill_half, NULL, &error));
    ck_assert_int_eq(error->code, HET_ERROR_RESOURCE);
    ck_assert(strstr(error->message, path) != NULL);
    ck_assert(!het_start_files_exist(soc));
}
END_TEST

START_TEST(test_ticket_says_what_to_do)
{
    g_autofree char *path = het_start_file_path(soc, HET_START_FILE_TICKET);
    g_autofree char *text = g_strdup_printf("run 'hetctl start %s'", soc);

    ck_assert(g_str_has_suffix(path, text));
}
END_TEST

START_TEST(test_lock_excludes_and_leaves_nothing)
{
    g_autoptr(HetLock) lock = het_lock_acquire(soc, 0, NULL);
    g_autofree char *path = het_lock_path(soc);
    g_autofree char *pid = g_strdup_printf("(pid %d)", (int)getpid());
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_nonnull(lock);
    ck_assert_ptr_null(het_lock_acquire(soc, 20, &error));
    ck_assert_int_eq(error->code, HET_ERROR_STATE);
    ck_assert(strstr(error->message, pid) != NULL);
    g_clear_pointer(&lock, het_lock_release);
    ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
    lock = het_lock_acquire(soc, 0, NULL);
    ck_assert_ptr_nonnull(lock);
}
END_TEST

START_TEST(test_lock_of_killed_process_is_free)
{
    g_autoptr(HetLock) lock = NULL;
    g_autofree char *path = het_lock_path(soc);
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        het_lock_acquire(soc, 0, NULL);
        raise(SIGKILL);
    }
    waitpid(child, NULL, 0);
    ck_assert(g_file_test(path, G_FILE_TEST_EXISTS));
    lock = het_lock_acquire(soc, 0, NULL);
    ck_assert_ptr_nonnull(lock);
}
END_TEST

/* The holder unlinks the file: nobody may believe in the old one. */
static void fight(const char *name, int counter)
{
    for (int i = 0; i < 200; i++) {
        g_autoptr(HetLock) lock = het_lock_acquire(name, 60000, NULL);
        char n = 0;

        if (!lock || pread(counter, &n, 1, 0) != 1 || n != 0 ||
            pwrite(counter, "\1", 1, 0) != 1 ||
            pwrite(counter, "\0", 1, 0) != 1) {
            _exit(1);
        }
    }
    _exit(0);
}

START_TEST(test_lock_is_exclusive_under_load)
{
    g_autoptr(HetSegment) segment = het_segment_create(soc, 4096, NULL);
    int fd = het_segment_get_fd(segment);
    pid_t children[4];
    int status;

    for (gsize i = 0; i < G_N_ELEMENTS(children); i++) {
        children[i] = fork();
        ck_assert_int_ge(children[i], 0);
        if (children[i] == 0) {
            fight(soc, fd);
        }
    }
    for (gsize i = 0; i < G_N_ELEMENTS(children); i++) {
        waitpid(children[i], &status, 0);
        ck_assert_int_eq(status, 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("segment");
    TCase *tests = tcase_create("files");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_segment_is_reserved_and_private);
    tcase_add_test(tests, test_segment_is_not_taken_over);
    tcase_add_test(tests, test_segment_opens_again);
    tcase_add_test(tests, test_segment_of_another_size_is_no_soc_s);
    tcase_add_test(tests, test_segment_that_is_gone);
    tcase_add_test(tests, test_too_big_says_how_much_and_leaves_nothing);
    tcase_add_test(tests, test_segment_owner);
    tcase_add_loop_test(tests, test_start_file_replaces, 0, HET_START_FILES);
    tcase_add_test(tests, test_start_file_is_whole_or_not_there);
    tcase_add_test(tests, test_ticket_says_what_to_do);
    tcase_add_test(tests, test_lock_excludes_and_leaves_nothing);
    tcase_add_test(tests, test_lock_of_killed_process_is_free);
    tcase_add_test(tests, test_lock_is_exclusive_under_load);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
