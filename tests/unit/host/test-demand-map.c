/*
 * The map of memory that is not reserved
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "host/demand-map.h"
#include "util/error.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define G HET_DEMAND_GRANULE
/* The last granule is not whole. */
#define SIZE (5 * G + 4096)
#define STATES 4096
#define PRESENT 2

static int memory;
static int image;
static int map_file;
static HetDemandMap *map;

static int new_file(guint64 size)
{
    int fd = memfd_create("test-demand-map", MFD_CLOEXEC);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, size), 0);
    return fd;
}

static HetDemandMap *open_map(int with_image, GError **error)
{
    return het_demand_map_new(fcntl(map_file, F_DUPFD_CLOEXEC, 0),
                              with_image < 0
                              ? -1 : fcntl(with_image, F_DUPFD_CLOEXEC, 0),
                              SIZE, error);
}

static void setup(void)
{
    memory = new_file(SIZE);
    image = new_file(SIZE);
    map_file = new_file(het_demand_map_size(SIZE, 2));
    ck_assert_int_eq(pwrite(image, "first", 5, 10), 5);
    ck_assert_int_eq(pwrite(image, "edge", 4, 3 * G - 2), 4);
    ck_assert_int_eq(pwrite(image, "last", 4, SIZE - 4), 4);
    ck_assert(het_demand_map_format(map_file, SIZE, NULL));
    ck_assert(het_demand_map_set_image(map_file, SIZE, image, NULL));
    map = open_map(image, NULL);
    ck_assert_ptr_nonnull(map);
}

static void teardown(void)
{
    g_clear_pointer(&map, het_demand_map_free);
    close(memory);
    close(image);
    close(map_file);
}

static guint8 state(guint64 granule)
{
    guint8 value;

    ck_assert_int_eq(pread(map_file, &value, 1, STATES + granule), 1);
    return value;
}

static void expect_memory(guint64 at, const char *text)
{
    char seen[16];

    ck_assert_int_eq(pread(memory, seen, strlen(text), at), strlen(text));
    ck_assert_mem_eq(seen, text, strlen(text));
}

START_TEST(test_what_is_asked_for_is_there)
{
    ck_assert(het_demand_map_fill(map, memory, 10, 1, NULL));
    expect_memory(10, "first");
    ck_assert_int_eq(state(0), PRESENT);
    ck_assert_int_ne(state(1), PRESENT);
    ck_assert(het_demand_map_fill(map, memory, 3 * G - 1, 2, NULL));
    expect_memory(3 * G - 2, "edge");
    ck_assert_int_eq(state(2), PRESENT);
    ck_assert_int_eq(state(3), PRESENT);
    ck_assert_int_ne(state(4), PRESENT);
    ck_assert(het_demand_map_fill(map, memory, SIZE - 1, 1, NULL));
    expect_memory(SIZE - 4, "last");
}
END_TEST

START_TEST(test_what_is_there_stays)
{
    ck_assert(het_demand_map_fill(map, memory, 0, G, NULL));
    ck_assert_int_eq(pwrite(memory, "other", 5, 10), 5);
    ck_assert(het_demand_map_fill(map, memory, 0, G, NULL));
    expect_memory(10, "other");
    ck_assert(het_demand_map_fill_image(map, memory, NULL));
    expect_memory(10, "other");
}
END_TEST

START_TEST(test_image_is_filled_and_zeroes_are_not)
{
    ck_assert(het_demand_map_fill_image(map, memory, NULL));
    expect_memory(10, "first");
    expect_memory(3 * G - 2, "edge");
    expect_memory(SIZE - 4, "last");
    ck_assert_int_eq(state(4), 0);
}
END_TEST

START_TEST(test_zero_takes_memory)
{
    struct stat st;

    ck_assert(het_demand_map_fill(map, memory, 4 * G, G, NULL));
    ck_assert_int_eq(fstat(memory, &st), 0);
    ck_assert_int_eq(st.st_blocks * 512, G);
    ck_assert_int_eq(state(4), PRESENT);
}
END_TEST

START_TEST(test_ranges_outside_are_nothing)
{
    ck_assert(het_demand_map_fill(map, memory, SIZE, 1, NULL));
    ck_assert(het_demand_map_fill(map, memory, 0, 0, NULL));
    ck_assert(het_demand_map_fill(map, memory, SIZE - 1, G_MAXUINT64, NULL));
    ck_assert_int_eq(state(5), PRESENT);
}
END_TEST

/* Another process has begun, and ends: what it began is begun anew. */
START_TEST(test_who_ends_leaves_it_to_the_next)
{
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = STATES,
        .l_len = 1,
    };
    int ready[2];
    pid_t child;
    char c;

    ck_assert_int_eq(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        if (fcntl(map_file, F_SETLKW, &lock) == 0 &&
            pwrite(memory, "half", 4, 10) == 4 && write(ready[1], "r", 1)) {
            g_usleep(100000);
        }
        _exit(0);
    }
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &c, 1), 1);
    ck_assert(het_demand_map_fill(map, memory, 0, 1, NULL));
    expect_memory(10, "first");
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    close(ready[0]);
}
END_TEST

START_TEST(test_what_cannot_be_filled_is_told)
{
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", memory);
    g_autoptr(GError) error = NULL;
    int fd = open(path, O_RDONLY);

    ck_assert_int_ge(fd, 0);
    ck_assert(!het_demand_map_fill(map, fd, 0, 1, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "cannot write"));
    ck_assert_int_ne(state(0), PRESENT);
    close(fd);
}
END_TEST

START_TEST(test_damaged_maps_are_refused)
{
    static const guint32 other = 0x12345678;
    g_autoptr(GError) error = NULL;

    for (guint at = 0; at < 24; at += 4) {
        g_autoptr(GError) reason = NULL;
        guint32 before;

        if (at == 12) {
            continue;           /* how much is in reserve */
        }
        ck_assert_int_eq(pread(map_file, &before, 4, at), 4);
        ck_assert_int_eq(pwrite(map_file, &other, 4, at), 4);
        ck_assert_ptr_null(open_map(image, &reason));
        ck_assert_int_eq(reason->code, HET_ERROR_STATE);
        ck_assert_int_eq(pwrite(map_file, &before, 4, at), 4);
    }
    ck_assert_int_eq(ftruncate(map_file, STATES + 1), 0);
    ck_assert(!het_demand_map_fill(map, memory, 2 * G, 1, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "cannot read the map"));
    ck_assert_int_eq(ftruncate(map_file, 10), 0);
    ck_assert_ptr_null(open_map(-1, NULL));
}
END_TEST

START_TEST(test_size_holds_all)
{
    ck_assert_uint_eq(het_demand_map_size(0, 0), 4096);
    ck_assert_uint_eq(het_demand_map_size(1, 0), 8192);
    ck_assert_uint_eq(het_demand_map_size(4096 * (guint64)G, 0), 8192);
    ck_assert_uint_eq(het_demand_map_size(4096 * (guint64)G + 1, 3),
                      12288 + 3 * HET_DEMAND_RESERVE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("demand-map");
    TCase *tests = tcase_create("map");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_what_is_asked_for_is_there);
    tcase_add_test(tests, test_what_is_there_stays);
    tcase_add_test(tests, test_image_is_filled_and_zeroes_are_not);
    tcase_add_test(tests, test_zero_takes_memory);
    tcase_add_test(tests, test_ranges_outside_are_nothing);
    tcase_add_test(tests, test_who_ends_leaves_it_to_the_next);
    tcase_add_test(tests, test_what_cannot_be_filled_is_told);
    tcase_add_test(tests, test_damaged_maps_are_refused);
    tcase_add_test(tests, test_size_holds_all);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
