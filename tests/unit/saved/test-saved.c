/*
 * The file of a saved SoC: what is written is read, what is damaged is refused
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "data.h"
#include "saved/saved.h"
#include "saved/saved-format.h"
#include "util/error.h"

#define PAGE 4096
#define PAGES 1024
#define SIZE (PAGES * (guint64)PAGE)
#define CODE 300000

static const char state[] = "the state of a processor";
static char *path;
static int memory;

/* Pages that are not zero: single ones, rows, longer than a piece */
static gboolean is_used(guint page)
{
    return page == 1 || page == 3 || (page >= 8 && page < 11) ||
           (page >= 300 && page < 900) || page == PAGES - 1;
}

static void fill(guint8 *data, guint page)
{
    for (guint i = 0; i < PAGE; i++) {
        data[i] = page * 7 + i * 13 + (i >> 8);
    }
}

static int new_memory(void)
{
    int fd = memfd_create("test-saved", MFD_CLOEXEC);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, SIZE), 0);
    return fd;
}

static void setup(void)
{
    guint8 data[PAGE];

    path = g_strdup_printf("%s/test-saved-%d", g_get_tmp_dir(), (int)getpid());
    memory = new_memory();
    for (guint i = 0; i < PAGES; i++) {
        if (is_used(i)) {
            fill(data, i);
            ck_assert_int_eq(pwrite(memory, data, PAGE, i * (off_t)PAGE),
                             PAGE);
        }
    }
    /* Touched, and zero */
    memset(data, 0, PAGE);
    ck_assert_int_eq(pwrite(memory, data, PAGE, 20 * PAGE), PAGE);
}

static void teardown(void)
{
    close(memory);
    unlink(path);
    g_free(path);
}

static int state_file(void)
{
    int fd = memfd_create("test-saved", MFD_CLOEXEC);

    ck_assert_int_eq(write(fd, state, sizeof(state)), sizeof(state));
    return fd;
}

static HetSavedCode *new_code(void)
{
    int fd = memfd_create("test-saved", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    g_autofree guint8 *data = g_malloc(CODE);
    HetSavedCode *code;

    for (guint i = 0; i < CODE; i++) {
        data[i] = i * i >> 7;
    }
    ck_assert_int_eq(write(fd, data, CODE), CODE);
    code = het_saved_code_pack(fd, NULL);
    /* Nobody can cut it while it is mapped. */
    ck_assert_int_eq(ftruncate(fd, 0), -1);
    close(fd);
    ck_assert_ptr_nonnull(code);
    ck_assert_uint_eq(code->size, CODE);
    return code;
}

static guint64 save(HetSavedCompression compression)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int data = state_file();
    g_autoptr(HetSavedWriter) w = het_saved_writer_new(fd, compression);
    g_autoptr(HetSavedInfo) info = het_saved_info_new();
    g_autoptr(HetSavedCode) code = new_code();
    HetSavedProcessor *p;
    guint64 size;

    info->soc = g_strdup("soc");
    info->xml = g_strdup("<soc/>");
    info->emulator = g_strdup("10.0.13");
    info->when = g_strdup("2026-11-27T12:00:00Z");
    info->memory_size = SIZE;
    ck_assert(het_saved_writer_add_memory(w, memory, SIZE, NULL));
    p = het_saved_info_add(info, "a7");
    p->ran = p->attached = TRUE;
    p->host_ns = 5000;
    p->guest_ns = 77;
    ck_assert(het_saved_writer_add_state(w, p, data, NULL));
    p = het_saved_info_add(info, "m4");
    p->ran = TRUE;
    p->host_ns = 7500;
    ck_assert(het_saved_writer_add_state(w, p, data, NULL));
    ck_assert(het_saved_writer_add_code(w, p, code, NULL));
    size = het_saved_writer_finish(w, info, NULL);
    ck_assert_uint_gt(size, 0);
    close(data);
    close(fd);
    return size;
}

static void expect_memory(int fd)
{
    guint8 want[PAGE], got[PAGE];

    for (guint i = 0; i < PAGES; i++) {
        memset(want, 0, PAGE);
        if (is_used(i)) {
            fill(want, i);
        }
        ck_assert_int_eq(pread(fd, got, PAGE, i * (off_t)PAGE), PAGE);
        ck_assert_msg(!memcmp(got, want, PAGE), "page %u", i);
    }
}

START_TEST(test_round_trip)
{
    guint64 size = save(_i);
    g_autoptr(HetSaved) saved = het_saved_open(path, NULL);
    const HetSavedInfo *info = saved ? het_saved_get_info(saved) : NULL;
    int fd = new_memory();
    char got[sizeof(state)];
    int data;

    ck_assert_ptr_nonnull(saved);
    ck_assert_uint_lt(size, (1 + 2 + 3 + 600 + 1 + 8) * PAGE + CODE);
    ck_assert_uint_eq(het_saved_get_memory_used(saved), 606 * PAGE);
    ck_assert_str_eq(info->soc, "soc");
    ck_assert_str_eq(info->xml, "<soc/>");
    ck_assert_str_eq(info->emulator, "10.0.13");
    ck_assert_uint_eq(info->memory_size, SIZE);
    ck_assert_uint_eq(info->processors->len, 2);
    ck_assert(het_saved_info_find(info, "a7")->attached);
    ck_assert(!het_saved_info_find(info, "m4")->attached);
    ck_assert_int_eq(het_saved_info_find(info, "a7")->guest_ns, 77);
    ck_assert_ptr_null(het_saved_info_find(info, "m7"));
    ck_assert_int_eq(het_saved_info_skew_ns(info), 2500);

    /* What somebody has put there is gone. */
    ck_assert_int_eq(pwrite(fd, "left", 4, 5 * PAGE + 10), 4);
    ck_assert_int_eq(pwrite(fd, "left", 4, 950 * PAGE), 4);
    ck_assert(het_saved_load_memory(saved, fd, TRUE, NULL));
    expect_memory(fd);
    close(fd);

    data = het_saved_open_state(saved, het_saved_info_find(info, "m4"), NULL);
    ck_assert_int_ge(data, 0);
    ck_assert_int_eq(read(data, got, sizeof(got)), sizeof(got));
    ck_assert_str_eq(got, state);
    close(data);
}
END_TEST

START_TEST(test_code)
{
    guint64 size = save(_i);
    g_autoptr(HetSaved) saved = het_saved_open(path, NULL);
    const HetSavedInfo *info = het_saved_get_info(saved);
    const HetSavedProcessor *m4 = het_saved_info_find(info, "m4");
    g_autoptr(GError) error = NULL;
    g_autofree guint8 *got = g_malloc(CODE);
    int fd;

    ck_assert_uint_gt(size, m4->code.stored);
    ck_assert_uint_lt(m4->code.stored, CODE);
    ck_assert_int_eq(het_saved_get_code(saved, het_saved_info_find(info, "a7"),
                                        &error), -1);
    ck_assert_ptr_null(error);
    fd = het_saved_get_code(saved, m4, &error);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(het_saved_get_code(saved, m4, &error), fd);
    ck_assert_int_eq(pread(fd, got, CODE, 0), CODE);
    for (guint i = 0; i < CODE; i++) {
        ck_assert_uint_eq(got[i], (guint8)(i * i >> 7));
    }
    /* Emulators map it. */
    ck_assert_int_eq(pwrite(fd, "x", 1, 0), -1);
    ck_assert_int_eq(ftruncate(fd, 0), -1);
    ck_assert(het_saved_check(saved, NULL));
}
END_TEST

START_TEST(test_no_code)
{
    g_autoptr(GError) error = NULL;
    int fd = memfd_create("test-saved", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    ck_assert_ptr_null(het_saved_code_pack(fd, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "0 bytes"));
    close(fd);
}
END_TEST

/* As hetctl wrote it before there was code in it */
START_TEST(test_version_1)
{
    g_autoptr(GVariant) directory = g_variant_ref_sink(g_variant_new_parsed(
        "@" SAVED_DIRECTORY_1 " ('soc', '<soc/>', '10.0.13', 'now', 4096, "
        "[('a7', true, true, 5, 6, 4096, 5, %u)], [])",
        het_saved_crc("state", 5)));
    g_autoptr(GVariant) little = G_BYTE_ORDER == G_LITTLE_ENDIAN
                                 ? g_variant_ref(directory)
                                 : g_variant_byteswap(directory);
    gsize length = g_variant_get_size(little);
    SavedHeader header = {
        .magic = SAVED_MAGIC,
        .version = GUINT32_TO_LE(SAVED_VERSION_1),
        .directory_crc = GUINT32_TO_LE(
            het_saved_crc(g_variant_get_data(little), length)),
        .directory_at = GUINT64_TO_LE(PAGE + 5),
        .directory_length = GUINT64_TO_LE(length),
    };
    g_autoptr(HetSaved) saved = NULL;
    const HetSavedProcessor *a7;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    header.crc = GUINT32_TO_LE(het_saved_crc(&header,
                                             offsetof(SavedHeader, crc)));
    ck_assert_int_eq(pwrite(fd, &header, sizeof(header), 0), sizeof(header));
    ck_assert_int_eq(pwrite(fd, "state", 5, PAGE), 5);
    ck_assert_int_eq(pwrite(fd, g_variant_get_data(little), length, PAGE + 5),
                     length);
    close(fd);
    saved = het_saved_open(path, NULL);
    ck_assert_ptr_nonnull(saved);
    ck_assert(het_saved_check(saved, NULL));
    a7 = het_saved_info_find(het_saved_get_info(saved), "a7");
    ck_assert_int_eq(a7->guest_ns, 6);
    ck_assert_int_eq(het_saved_get_code(saved, a7, NULL), -1);
}
END_TEST

/* Everything is read, or the first error is there. */
static gboolean read_all(GError **error)
{
    g_autoptr(HetSaved) saved = het_saved_open(path, error);
    int fd;
    gboolean ok;

    if (!saved) {
        return FALSE;
    }
    fd = new_memory();
    ok = het_saved_load_memory(saved, fd, FALSE, error);
    for (guint i = 0; ok && i < 2; i++) {
        int data = het_saved_open_state(
            saved, g_ptr_array_index(het_saved_get_info(saved)->processors, i),
            error);

        ok = data >= 0;
        if (ok) {
            close(data);
        }
    }
    if (ok) {
        ok = het_saved_get_code(saved, het_saved_info_find(
                                    het_saved_get_info(saved), "m4"),
                                error) >= 0;
    }
    close(fd);
    return ok;
}

START_TEST(test_cut_short)
{
    guint64 size = save(_i);

    for (guint i = 0; i < 64; i++) {
        g_autoptr(GError) error = NULL;

        ck_assert_int_eq(truncate(path, size * (63 - i) / 64), 0);
        ck_assert(!read_all(&error));
        ck_assert(error->domain == HET_ERROR);
        ck_assert_ptr_nonnull(strstr(error->message, path));
    }
}
END_TEST

/* A bit anywhere but in what pads the header to a page */
START_TEST(test_flipped_bits)
{
    guint64 size = save(_i);
    guint64 step = (size - PAGE) / 300 + 1;
    int fd = open(path, O_RDWR | O_CLOEXEC);

    for (guint64 at = 0; at < size; at += at < 40 ? 1 : step) {
        g_autoptr(GError) error = NULL;
        guint8 byte;

        if (at == 40) {
            at = PAGE;
        }
        ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
        byte ^= 1 << (at % 8);
        ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
        ck_assert_msg(!read_all(&error), "byte %u", (guint)at);
        ck_assert(error->domain == HET_ERROR);
        byte ^= 1 << (at % 8);
        ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
    }
    ck_assert(read_all(NULL));
    close(fd);
}
END_TEST

START_TEST(test_no_saved_soc)
{
    static const struct {
        const char *content;
        const char *text;
    } cases[] = {
        { "", "no saved SoC" },
        { "hello", "no saved SoC" },
    };
    g_autofree char *zeros = g_malloc0(2 * PAGE);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) wrong = NULL;

        ck_assert(g_file_set_contents(path, cases[i].content, -1, NULL));
        ck_assert_ptr_null(het_saved_open(path, &wrong));
        ck_assert_ptr_nonnull(strstr(wrong->message, cases[i].text));
    }
    ck_assert(g_file_set_contents(path, zeros, 2 * PAGE, NULL));
    ck_assert_ptr_null(het_saved_open(path, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "never completed"));
    g_clear_error(&error);
    ck_assert_ptr_null(het_saved_open("/nonexistent/file", &error));
    ck_assert_int_eq(error->code, HET_ERROR_NOT_FOUND);
    g_clear_error(&error);
    ck_assert_ptr_null(het_saved_open("/dev", &error));
    ck_assert_ptr_nonnull(strstr(error->message, "no regular file"));
}
END_TEST

START_TEST(test_no_room)
{
    g_autoptr(GError) error = NULL;
    int fd = open("/dev/full", O_RDWR | O_CLOEXEC);
    g_autoptr(HetSavedWriter) w = het_saved_writer_new(fd, HET_SAVED_PLAIN);

    ck_assert_int_ge(fd, 0);
    ck_assert(!het_saved_writer_add_memory(w, memory, SIZE, &error));
    ck_assert_int_eq(error->code, HET_ERROR_RESOURCE);
    close(fd);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("saved");
    TCase *tc = tcase_create("saved");

    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, test_round_trip, HET_SAVED_PLAIN,
                        HET_SAVED_ZSTD + 1);
    tcase_add_loop_test(tc, test_code, HET_SAVED_PLAIN, HET_SAVED_ZSTD + 1);
    tcase_add_test(tc, test_no_code);
    tcase_add_test(tc, test_version_1);
    tcase_add_loop_test(tc, test_cut_short, HET_SAVED_PLAIN,
                        HET_SAVED_ZSTD + 1);
    tcase_add_loop_test(tc, test_flipped_bits, HET_SAVED_PLAIN,
                        HET_SAVED_ZSTD + 1);
    tcase_add_test(tc, test_no_saved_soc);
    tcase_add_test(tc, test_no_room);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
