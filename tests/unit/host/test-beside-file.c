/*
 * Memory beside a segment, on the real /dev/shm
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "host/beside-file.h"
#include "util/error.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE 0x6c000
#define WHAT "flight recorder"

static const HetAccess only_me;

static char *segment;
static char *path;

static void setup(void)
{
    g_autoptr(HetPlace) place = het_place_own(NULL);
    g_autofree char *soc = g_strdup_printf("unit-%d", (int)getpid());

    ck_assert_ptr_nonnull(place);
    segment = het_segment_new_path(place, soc);
    path = het_beside_file_path(segment, "m4");
}

static void teardown(void)
{
    het_beside_files_remove(segment, NULL);
    g_free(path);
    g_free(segment);
}

static HetSegment *make(const char *processor, GError **error)
{
    return het_beside_file_create(WHAT, segment, processor, SIZE, &only_me,
                                  error);
}

static const struct {
    const char *segment;
    const char *path;
} paths[] = {
    { "/dev/shm/hetctl-a-1", "/dev/shm/hetrec-a-1.m4" },
    { "/dev/shm/hetctl-hetctl-1", "/dev/shm/hetrec-hetctl-1.m4" },
    { "/dev/shm/hetctl.0a-1/hetctl-a-1",
      "/dev/shm/hetrec.0a-1/hetrec-a-1.m4" },
    { "/dev/shm/hetctl-", "/dev/shm/hetrec-.m4" },
};

/* The slave's maps show it: it must not look like platform memory. */
START_TEST(test_path_is_beside_and_not_below)
{
    g_autofree char *found = het_beside_file_path(paths[_i].segment, "m4");

    ck_assert_str_eq(found, paths[_i].path);
    ck_assert_ptr_null(strstr(found, paths[_i].segment));
}
END_TEST

START_TEST(test_made_as_a_segment_is)
{
    g_autoptr(HetSegment) made = make("m4", NULL);
    g_autofree char *identity = het_segment_identity(made);
    g_autoptr(HetSegment) opened = NULL;
    g_autoptr(GError) error = NULL;
    struct stat st;

    ck_assert_ptr_nonnull(made);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_size, SIZE);
    ck_assert_int_ge(st.st_blocks * 512, SIZE);
    ck_assert_int_eq(st.st_mode & 07777, 0600);
    opened = het_beside_file_open(WHAT, segment, "m4", SIZE, identity, NULL);
    ck_assert_ptr_nonnull(opened);
    ck_assert_ptr_null(make("m4", &error));
    ck_assert_int_eq(error->code, HET_ERROR_RESOURCE);
    ck_assert_ptr_nonnull(strstr(error->message,
                                 "cannot create flight recorder '/dev"));
}
END_TEST

START_TEST(test_of_another_size_or_replaced)
{
    g_autoptr(HetSegment) made = make("m4", NULL);
    g_autofree char *identity = het_segment_identity(made);
    static const gint64 sizes[] = { 0, 1, SIZE - 1, SIZE + 1,
                                    G_GINT64_CONSTANT(1) << 40 };
    g_autoptr(HetSegment) other = NULL;
    g_autoptr(GError) error = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GError) changed = NULL;

        ck_assert_int_eq(truncate(path, sizes[i]), 0);
        ck_assert_ptr_null(het_beside_file_open(WHAT, segment, "m4", SIZE,
                                                identity, &changed));
        ck_assert_int_eq(changed->code, HET_ERROR_STATE);
        ck_assert_ptr_nonnull(strstr(changed->message, "has changed it"));
    }
    ck_assert(het_beside_files_remove(segment, NULL));
    other = make("m4", NULL);
    ck_assert_ptr_null(het_beside_file_open(WHAT, segment, "m4", SIZE,
                                            identity, &error));
    ck_assert_int_eq(error->code, HET_ERROR_STATE);
    ck_assert_ptr_nonnull(strstr(error->message, "flight recorder '"));
    ck_assert_ptr_nonnull(strstr(error->message, "replaced"));
}
END_TEST

/* Also of processors that the SoC has no more; not of another SoC */
START_TEST(test_all_of_a_soc_are_removed)
{
    g_autofree char *longer = g_strconcat(segment, "1", NULL);
    g_autofree char *kept = het_beside_file_path(longer, "m4");
    g_autoptr(HetSegment) a = make("m4", NULL);
    g_autoptr(HetSegment) b = make("m4.more", NULL);
    g_autoptr(HetSegment) c = het_beside_file_create(WHAT, longer, "m4", SIZE,
                                                     &only_me, NULL);

    ck_assert(a && b && c);
    ck_assert(het_beside_files_exist(segment));
    ck_assert(!het_beside_files_are_free(segment));
    ck_assert(het_beside_files_remove(segment, NULL));
    ck_assert(!het_beside_files_exist(segment));
    ck_assert(het_beside_files_are_free(segment));
    ck_assert(het_beside_files_remove(segment, NULL));
    ck_assert(het_segment_exists(kept));
    ck_assert(het_beside_files_remove(longer, NULL));
}
END_TEST

START_TEST(test_what_is_no_file_is_left_alone)
{
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert(!het_beside_files_exist(segment));
    ck_assert(!het_beside_files_are_free(segment));
    ck_assert(het_beside_files_remove(segment, NULL));
    ck_assert_ptr_null(make("m4", NULL));
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    ck_assert(!het_beside_files_exist(segment));
    ck_assert_ptr_null(het_beside_file_open(WHAT, segment, "m4", SIZE, NULL,
                                            NULL));
    ck_assert_ptr_null(make("m4", NULL));
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

START_TEST(test_too_big_leaves_nothing)
{
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(het_beside_file_create(WHAT, segment, "m4",
                                              G_GUINT64_CONSTANT(1) << 52,
                                              &only_me, &error));
    ck_assert_int_eq(error->code, HET_ERROR_RESOURCE);
    ck_assert_ptr_nonnull(strstr(error->message, "flight recorder needs"));
    ck_assert(het_beside_files_are_free(segment));
}
END_TEST

/* An image that SoCs share: gone with the last name. */
START_TEST(test_another_name)
{
    g_autofree char *longer = g_strconcat(segment, "x", NULL);
    g_autofree char *first = het_beside_file_path(segment, ".image");
    g_autoptr(GError) error = NULL;
    struct stat st;
    int fd = open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert(het_beside_file_link(WHAT, segment, ".image", fd, NULL));
    ck_assert(het_beside_file_link(WHAT, longer, ".image", fd, NULL));
    ck_assert_int_eq(fstat(fd, &st), 0);
    ck_assert_int_eq(st.st_nlink, 2);
    ck_assert(!het_beside_file_link(WHAT, segment, ".image", fd, &error));
    ck_assert_ptr_nonnull(strstr(error->message, first));
    ck_assert(het_beside_files_remove(segment, NULL));
    ck_assert(het_beside_files_remove(longer, NULL));
    ck_assert_int_eq(fstat(fd, &st), 0);
    ck_assert_int_eq(st.st_nlink, 0);
    close(fd);
}
END_TEST

/* The folder that a group shares, when nobody has made it */
START_TEST(test_no_folder_is_nothing)
{
    static const char none[] = "/dev/shm/hetctl.0-unit/hetctl-a-1";

    ck_assert(!het_beside_files_exist(none));
    ck_assert(het_beside_files_are_free(none));
    ck_assert(het_beside_files_remove(none, NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("beside-file");
    TCase *tests = tcase_create("files");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, test_path_is_beside_and_not_below, 0,
                        G_N_ELEMENTS(paths));
    tcase_add_test(tests, test_made_as_a_segment_is);
    tcase_add_test(tests, test_of_another_size_or_replaced);
    tcase_add_test(tests, test_all_of_a_soc_are_removed);
    tcase_add_test(tests, test_what_is_no_file_is_left_alone);
    tcase_add_test(tests, test_too_big_leaves_nothing);
    tcase_add_test(tests, test_another_name);
    tcase_add_test(tests, test_no_folder_is_nothing);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
