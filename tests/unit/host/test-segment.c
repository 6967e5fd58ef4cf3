/*
 * Platform memory, files and lock of a SoC, on the real /dev/shm
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

static const HetAccess only_me;

static HetPlace *place;
static HetStartFiles files;
static char *soc;
static char *path;

static void setup(void)
{
    soc = g_strdup_printf("unit-%d", (int)getpid());
    place = het_place_own(NULL);
    ck_assert_ptr_nonnull(place);
    path = het_segment_new_path(place, soc);
    files = (HetStartFiles) { .soc = soc, .segment = path };
}

static void teardown(void)
{
    het_segment_remove(path, NULL);
    het_start_files_remove(&files, NULL);
    het_place_free(place);
    g_free(path);
    g_free(soc);
}

START_TEST(test_segment_is_reserved_and_private)
{
    g_autoptr(HetSegment) segment = het_segment_create(path, SIZE, &only_me, NULL);
    struct stat st;

    ck_assert_ptr_nonnull(segment);
    ck_assert(het_segment_reserve(segment, 0, SIZE, NULL));
    ck_assert(het_segment_exists(path));
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_size, SIZE);
    ck_assert_int_eq(st.st_mode & 07777, 0600);
    ck_assert_int_ge(st.st_blocks * 512, SIZE);
    ck_assert_uint_eq(het_segment_get_size(segment), SIZE);
}
END_TEST

START_TEST(test_segment_is_not_taken_over)
{
    g_autoptr(HetSegment) first = het_segment_create(path, SIZE, &only_me, NULL);
    g_autoptr(HetSegment) second = NULL;
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_nonnull(first);
    second = het_segment_create(path, SIZE, &only_me, &error);
    ck_assert_ptr_null(second);
    ck_assert_int_eq(error->code, HET_ERROR_RESOURCE);
    ck_assert(het_segment_exists(path));
}
END_TEST

START_TEST(test_segment_opens_again)
{
    g_autoptr(HetSegment) made = het_segment_create(path, SIZE, &only_me, NULL);
    g_autoptr(HetSegment) opened = NULL;
    g_autoptr(GError) error = NULL;
    char byte = 0;

    ck_assert_int_eq(pwrite(het_segment_get_fd(made), "x", 1, SIZE - 1), 1);
    opened = het_segment_open(path, SIZE, NULL, &error);
    ck_assert_ptr_nonnull(opened);
    ck_assert_uint_eq(het_segment_get_size(opened), SIZE);
    ck_assert_int_eq(pread(het_segment_get_fd(opened), &byte, 1, SIZE - 1),
                     1);
    ck_assert_int_eq(byte, 'x');
}
END_TEST

START_TEST(test_segment_of_another_size_is_no_soc_s)
{
    g_autoptr(HetSegment) made = het_segment_create(path, SIZE, &only_me, NULL);
    static const int more[] = { -1, 1, SIZE };

    ck_assert_ptr_nonnull(made);
    for (gsize i = 0; i < G_N_ELEMENTS(more); i++) {
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(het_segment_open(path, SIZE + more[i], NULL,
                                            &error));
        ck_assert_int_eq(error->code, HET_ERROR_STATE);
        ck_assert(strstr(error->message, "left over") != NULL);
    }
}
END_TEST

START_TEST(test_segment_that_is_gone)
{
    g_autoptr(GError) error = NULL;

    ck_assert(!het_segment_exists(path));
    ck_assert(het_segment_remove(path, NULL));
    ck_assert_ptr_null(het_segment_open(path, SIZE, NULL, &error));
    ck_assert_int_eq(error->code, HET_ERROR_FAILED);
}
END_TEST

START_TEST(test_too_big_says_how_much_and_leaves_nothing)
{
    g_autoptr(GError) error = NULL;
    const guint64 size = G_GUINT64_CONSTANT(1) << 52;

    ck_assert_ptr_null(het_segment_create(path, size, &only_me, &error));
    ck_assert_int_eq(error->code, HET_ERROR_RESOURCE);
    ck_assert(strstr(error->message, "needs 4294967296.0 MiB") != NULL);
    ck_assert(strstr(error->message, "free") != NULL);
    ck_assert(!het_segment_exists(path));
}
END_TEST

START_TEST(test_segment_of_emulators_and_a_group)
{
    const HetAccess access = {
        .has_emulator = TRUE, .uid = 4321, .gid = 4322,
        .has_group = TRUE, .group = geteuid() ? getegid() : 4323,
    };
    g_autoptr(HetSegment) segment = het_segment_create(path, SIZE, &access,
                                                       NULL);
    struct stat st;

    ck_assert_ptr_nonnull(segment);
    ck_assert_int_eq(fstat(het_segment_get_fd(segment), &st), 0);
    ck_assert_uint_eq(st.st_gid, access.group);
    ck_assert_int_eq(st.st_mode & 07777, 0660);
    ck_assert_uint_eq(st.st_uid, geteuid() ? geteuid() : access.uid);
}
END_TEST

START_TEST(test_segment_is_that_of_the_start)
{
    g_autoptr(HetSegment) made = het_segment_create(path, SIZE, &only_me,
                                                    NULL);
    g_autofree char *identity = het_segment_identity(made);
    g_autoptr(HetSegment) same = het_segment_open(path, SIZE, identity, NULL);
    g_autoptr(HetSegment) other = NULL;
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_nonnull(same);
    ck_assert(het_segment_remove(path, NULL));
    other = het_segment_create(path, SIZE, &only_me, NULL);
    ck_assert_ptr_nonnull(other);
    ck_assert_ptr_null(het_segment_open(path, SIZE, identity, &error));
    ck_assert_int_eq(error->code, HET_ERROR_STATE);
    ck_assert(strstr(error->message, "replaced") != NULL);
}
END_TEST

START_TEST(test_what_is_no_file_is_no_segment)
{
    g_autoptr(GError) error = NULL;

    ck_assert(het_segment_is_free(path));
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert(!het_segment_is_free(path));
    ck_assert(!het_segment_exists(path));
    ck_assert(het_segment_remove(path, NULL));
    ck_assert_ptr_null(het_segment_open(path, SIZE, NULL, &error));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    ck_assert(!het_segment_exists(path));
    ck_assert_ptr_null(het_segment_open(path, SIZE, NULL, NULL));
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

START_TEST(test_path_is_new_each_time)
{
    g_autofree char *other = het_segment_new_path(place, soc);

    ck_assert_str_ne(path, other);
    ck_assert(het_segment_is_path(path));
}
END_TEST

static const struct {
    const char *path;
    gboolean is_one;
} paths[] = {
    { "/dev/shm/hetctl-a-1", TRUE },
    { "/dev/shm/hetctl.0a-1/hetctl-a-1", TRUE },
    { "/etc/passwd", FALSE },
    { "/dev/shm/passwd", FALSE },
    { "/dev/shm/hetctl-a/b", FALSE },
    { "/dev/shm/hetctl-a/../../etc/passwd", FALSE },
    { "/dev/shm/hetctl.0a/../hetctl-a", FALSE },
    { "/dev/shm/hetctl.0a/", FALSE },
    { "/tmp/dev/shm/hetctl-a", FALSE },
    { "/dev/shm/hetctl-a\n", FALSE },
    { "", FALSE },
};

START_TEST(test_path_from_elsewhere)
{
    ck_assert_int_eq(het_segment_is_path(paths[_i].path), paths[_i].is_one);
}
END_TEST

START_TEST(test_place_is_not_the_environment_s)
{
    g_autoptr(HetPlace) other = NULL;

    g_setenv("XDG_RUNTIME_DIR", "/nowhere", TRUE);
    g_setenv("XDG_CACHE_HOME", "/nowhere", TRUE);
    g_setenv("HOME", "/nowhere", TRUE);
    other = het_place_own(NULL);
    ck_assert_ptr_nonnull(other);
    ck_assert_str_eq(other->locks, place->locks);
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
    return het_start_file_write(&files, file, &only_me, fill, content, error);
}

START_TEST(test_start_file_replaces)
{
    g_autofree char *name = het_start_file_path(&files, _i);
    g_autofree char *text = NULL;

    ck_assert(put(_i, fill, "first", NULL));
    ck_assert(put(_i, fill, "2nd", NULL));
    ck_assert(het_start_files_exist(&files));
    ck_assert(g_file_get_contents(name, &text, NULL, NULL));
    ck_assert_str_eq(text, "2nd");
    ck_assert(het_start_files_remove_all(&files, NULL));
    ck_assert(het_start_files_remove(&files, NULL));
    ck_assert(!het_start_files_exist(&files));
    ck_assert(!g_file_test(name, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST(test_start_file_is_whole_or_not_there)
{
    g_autofree char *name = het_start_file_path(&files, HET_START_FILE_OVERLAY);
    g_autoptr(GError) error = NULL;

    ck_assert(!put(HET_START_FILE_OVERLAY, fill_half, NULL, &error));
    ck_assert_int_eq(error->code, HET_ERROR_RESOURCE);
    ck_assert(strstr(error->message, name) != NULL);
    ck_assert(!het_start_files_exist(&files));
}
END_TEST

START_TEST(test_start_file_may_be_a_link)
{
    g_autofree char *name = het_start_file_path(&files, HET_START_FILE_KERNEL);
    g_autofree char *there = NULL;
    g_autoptr(GError) error = NULL;

    ck_assert(put(HET_START_FILE_KERNEL, fill, "a copy", NULL));
    ck_assert(!het_start_file_link(&files, HET_START_FILE_KERNEL,
                                   "/not/there", &error));
    ck_assert(strstr(error->message, "'/not/there'") != NULL);
    ck_assert(het_start_file_link(&files, HET_START_FILE_KERNEL, "/dev/null",
                                  NULL));
    there = g_file_read_link(name, NULL);
    ck_assert_str_eq(there, "/dev/null");
    ck_assert(het_start_files_remove(&files, NULL));
    ck_assert(!het_start_files_exist(&files));
    ck_assert(g_file_test("/dev/null", G_FILE_TEST_EXISTS));
}
END_TEST

/* Of a file that has gone since */
START_TEST(test_link_to_nothing_is_there)
{
    g_autofree char *target = g_strconcat(path, ".target", NULL);

    ck_assert(g_file_set_contents(target, "", 0, NULL));
    ck_assert(het_start_file_link(&files, HET_START_FILE_KERNEL, target, NULL));
    ck_assert_int_eq(unlink(target), 0);
    ck_assert(het_start_files_exist(&files));
    ck_assert(het_start_files_remove(&files, NULL));
    ck_assert(!het_start_files_exist(&files));
}
END_TEST

START_TEST(test_slaves_ticket_stays_after_the_start)
{
    g_autofree char *stays =
        het_start_file_path(&files, HET_START_FILE_SLAVE_TICKET);

    for (int i = 0; i < HET_START_FILES; i++) {
        ck_assert(put(i, NULL, NULL, NULL));
    }
    ck_assert(het_start_files_remove(&files, NULL));
    for (int i = 0; i < HET_START_FILES; i++) {
        g_autofree char *name = het_start_file_path(&files, i);

        ck_assert_int_eq(g_file_test(name, G_FILE_TEST_EXISTS),
                         !strcmp(name, stays));
    }
    ck_assert(het_start_files_remove_all(&files, NULL));
    ck_assert(!het_start_files_exist(&files));
}
END_TEST

START_TEST(test_ticket_says_what_to_do)
{
    g_autofree char *name = het_start_file_path(&files, HET_START_FILE_TICKET);
    g_autofree char *text = g_strdup_printf("run 'hetctl start %s'", soc);

    ck_assert(g_str_has_suffix(name, text));
}
END_TEST

/* Of one's own locks the kernel does not tell. */
static void expect_busy(pid_t holder)
{
    g_autofree char *pid = g_strdup_printf("(pid %d)", (int)holder);
    g_autoptr(GError) error = NULL;

    if (het_lock_acquire(place, soc, 20, &error) ||
        error->code != HET_ERROR_STATE || !strstr(error->message, pid)) {
        _exit(1);
    }
    _exit(0);
}

START_TEST(test_lock_excludes_and_leaves_nothing)
{
    g_autoptr(HetLock) lock = het_lock_acquire(place, soc, 0, NULL);
    g_autofree char *name = het_lock_path(place, soc);
    pid_t holder = getpid();
    pid_t child;
    int status;

    ck_assert_ptr_nonnull(lock);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        expect_busy(holder);
    }
    waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
    g_clear_pointer(&lock, het_lock_release);
    ck_assert(!g_file_test(name, G_FILE_TEST_EXISTS));
    lock = het_lock_acquire(place, soc, 0, NULL);
    ck_assert_ptr_nonnull(lock);
}
END_TEST

START_TEST(test_lock_of_killed_process_is_free)
{
    g_autoptr(HetLock) lock = NULL;
    g_autofree char *name = het_lock_path(place, soc);
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        het_lock_acquire(place, soc, 0, NULL);
        raise(SIGKILL);
    }
    waitpid(child, NULL, 0);
    ck_assert(g_file_test(name, G_FILE_TEST_EXISTS));
    lock = het_lock_acquire(place, soc, 0, NULL);
    ck_assert_ptr_nonnull(lock);
}
END_TEST

/* The holder unlinks the file: nobody may believe in the old one. */
static void fight(const char *name, int counter)
{
    for (int i = 0; i < 200; i++) {
        g_autoptr(HetLock) lock = het_lock_acquire(place, name, 60000, NULL);
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
    g_autoptr(HetSegment) segment = het_segment_create(path, 4096, &only_me,
                                                       NULL);
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
    tcase_add_test(tests, test_segment_of_emulators_and_a_group);
    tcase_add_test(tests, test_segment_is_that_of_the_start);
    tcase_add_test(tests, test_what_is_no_file_is_no_segment);
    tcase_add_test(tests, test_path_is_new_each_time);
    tcase_add_loop_test(tests, test_path_from_elsewhere, 0,
                        G_N_ELEMENTS(paths));
    tcase_add_test(tests, test_place_is_not_the_environment_s);
    tcase_add_loop_test(tests, test_start_file_replaces, 0, HET_START_FILES);
    tcase_add_test(tests, test_start_file_is_whole_or_not_there);
    tcase_add_test(tests, test_start_file_may_be_a_link);
    tcase_add_test(tests, test_link_to_nothing_is_there);
    tcase_add_test(tests, test_slaves_ticket_stays_after_the_start);
    tcase_add_test(tests, test_ticket_says_what_to_do);
    tcase_add_test(tests, test_lock_excludes_and_leaves_nothing);
    tcase_add_test(tests, test_lock_of_killed_process_is_free);
    tcase_add_test(tests, test_lock_is_exclusive_under_load);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
