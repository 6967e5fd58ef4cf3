/*
 * A zImage, unpacked or left alone
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "image/kernel.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <lzma.h>
#include <string.h>
#include <unistd.h>

#define KERNEL_SIZE 300000
#define OFFSET 0x208000
#define BEHIND 0x5000
#define TABLE 0x200
#define PACKED 0x1000
#define RAM 0x40000000
#define UIMAGE 64

static char *folder;
static HetSoc *soc;
static guint8 kernel[KERNEL_SIZE];
static gboolean unpacked;

static HetSoc *make_soc(void)
{
    static const char xml[] =
        "<soc><name>s</name><memory name='ddr' unit='MiB'>16</memory>"
        "<master name='a7'><os><type arch='armv7l' machine='virt'/>"
        "<kernel>k</kernel></os><map memory='ddr' address='0x40000000'/>"
        "</master></soc>";
    g_autoptr(GError) error = NULL;
    HetSoc *made = het_soc_parse_string(xml, -1, folder, "x", &error);

    ck_assert_msg(made && het_soc_validate(made, HET_SOC_VALIDATE_NO_FILES,
                                           &error),
                  "%s", error ? error->message : "");
    return made;
}

static void setup(void)
{
    folder = g_dir_make_tmp("hetctl-XXXXXX", NULL);
    ck_assert_int_eq(chdir(folder), 0);
    soc = make_soc();
    for (gsize i = 0; i < KERNEL_SIZE; i++) {
        kernel[i] = i % 251 * (i / 1000);
    }
}

static void teardown(void)
{
    het_soc_free(soc);
    g_unlink("k");
    g_unlink("out");
    ck_assert_int_eq(chdir("/"), 0);
    g_rmdir(folder);
    g_free(folder);
}

static void append(GByteArray *out, gconstpointer data, gsize len)
{
    g_byte_array_append(out, data, len);
}

static void append_xz(GByteArray *out)
{
    g_autofree guint8 *packed = g_malloc(2 * KERNEL_SIZE);
    lzma_options_lzma options;
    const lzma_filter filters[] = {
        { LZMA_FILTER_ARM, NULL }, { LZMA_FILTER_LZMA2, &options },
        { LZMA_VLI_UNKNOWN, NULL },
    };
    const guint32 size = GUINT32_TO_LE(KERNEL_SIZE);
    size_t len = 0;

    /* As xz_wrap.sh of Linux does, whose dictionary is larger */
    ck_assert(!lzma_lzma_preset(&options, 6));
    options.dict_size = 64 << 10;
    ck_assert_int_eq(lzma_stream_buffer_encode(
                         (lzma_filter *)filters, LZMA_CHECK_CRC32, NULL,
                         kernel, KERNEL_SIZE, packed, &len, 2 * KERNEL_SIZE),
                     LZMA_OK);
    append(out, packed, len);
    append(out, &size, sizeof(size));
}

/* The size is gzip's own. */
static void append_gzip(GByteArray *out)
{
    g_autoptr(GZlibCompressor) packer =
        g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
    g_autofree guint8 *packed = g_malloc(2 * KERNEL_SIZE);
    gsize read, len;

    ck_assert_int_eq(g_converter_convert(
                         G_CONVERTER(packer), kernel, KERNEL_SIZE, packed,
                         2 * KERNEL_SIZE, G_CONVERTER_INPUT_AT_END, &read,
                         &len, NULL), G_CONVERTER_FINISHED);
    append(out, packed, len);
}

static void put(GByteArray *out, gsize at, guint32 word)
{
    word = GUINT32_TO_LE(word);
    memcpy(out->data + at, &word, sizeof(word));
}

static GByteArray *make_zimage(void (*append_packed)(GByteArray *))
{
    static const guint8 signature[] = { 0xfd, '7', 'z', 'X', 'Z', 0 };
    static const guint8 code[PACKED];
    GByteArray *out = g_byte_array_new();

    append(out, code, sizeof(code));
    /* The code that unpacks knows what it is to find. */
    memcpy(out->data + 0x300, signature, sizeof(signature));
    memcpy(out->data + 0x400, "\x1f\x8b\x08", 3);
    put(out, 0x24, 0x016f2818);
    put(out, 0x30, 0x04030201);
    put(out, 0x34, 0x45454545);
    put(out, 0x38, TABLE);
    put(out, TABLE, 6);
    put(out, TABLE + 4, 0x5a534c4b);
    append_packed(out);
    put(out, TABLE + 8, out->len - 4);
    put(out, TABLE + 12, BEHIND);
    put(out, TABLE + 16, OFFSET);
    append(out, "behind it", 9);
    return out;
}

static char *written(const GByteArray *file, gsize len, gsize *out_len)
{
    g_autoptr(GError) error = NULL;
    FILE *out = fopen("out", "w");
    char *result;

    ck_assert(g_file_set_contents("k", (char *)file->data, len, NULL));
    ck_assert_msg(het_kernel_write(fileno(out), soc, soc->master, &unpacked,
                                   &error),
                  "%s", error ? error->message : "");
    fclose(out);
    ck_assert(g_file_get_contents("out", &result, out_len, NULL));
    return result;
}

static void expect_as_it_is(const GByteArray *file, gsize len)
{
    gsize out_len;
    g_autofree char *out = written(file, len, &out_len);

    ck_assert(!unpacked);
    ck_assert_uint_eq(out_len, len);
    ck_assert(!memcmp(out, file->data, len));
}

static guint32 header_word(const char *out, gsize number)
{
    guint32 word;

    memcpy(&word, out + 4 * number, sizeof(word));
    return GUINT32_FROM_BE(word);
}

static void expect_unpacked(const GByteArray *file)
{
    gsize len;
    g_autofree char *out = written(file, file->len, &len);
    guint32 crc;

    ck_assert_uint_eq(len, UIMAGE + KERNEL_SIZE);
    ck_assert(!memcmp(out + UIMAGE, kernel, KERNEL_SIZE));
    ck_assert_uint_eq(header_word(out, 0), 0x27051956);
    ck_assert_uint_eq(header_word(out, 3), KERNEL_SIZE);
    ck_assert_uint_eq(header_word(out, 4), RAM + OFFSET);
    ck_assert_uint_eq(header_word(out, 5), RAM + OFFSET);
    ck_assert_uint_eq(header_word(out, 6), lzma_crc32(kernel, KERNEL_SIZE, 0));
    ck_assert_uint_eq(header_word(out, 7), 0x05020200);
    crc = header_word(out, 1);
    memset(out + 4, 0, 4);
    ck_assert_uint_eq(crc, lzma_crc32((guint8 *)out, UIMAGE, 0));
}

START_TEST(test_unpacked)
{
    g_autoptr(GByteArray) xz = make_zimage(append_xz);
    g_autoptr(GByteArray) gzip = make_zimage(append_gzip);

    expect_unpacked(xz);
    expect_unpacked(gzip);
}
END_TEST

/* In "out" what @file unpacks to, and returned; @fd: to write there */
static char *unpacked_of(const GByteArray *file, gsize *len, int *fd)
{
    char *out = written(file, file->len, len);

    ck_assert(unpacked);
    ck_assert_uint_lt(UIMAGE + file->len, *len);
    *fd = g_open("out", O_WRONLY, 0);
    return out;
}

static char *read_again(gsize len)
{
    gsize again_len;
    char *again;

    ck_assert(g_file_get_contents("out", &again, &again_len, NULL));
    ck_assert_uint_eq(again_len, len);
    return again;
}

/* For a reset: as long as before, with the packed one where it begins */
START_TEST(test_packed_again)
{
    g_autoptr(GByteArray) file = make_zimage(append_xz);
    g_autoptr(GError) error = NULL;
    g_autofree char *again = NULL;
    gsize len;
    int fd;
    g_autofree char *out = unpacked_of(file, &len, &fd);

    ck_assert_msg(het_kernel_pack(fd, soc->master, &error), "%s",
                  error ? error->message : "");
    close(fd);
    again = read_again(len);
    ck_assert(!memcmp(again, out, UIMAGE));
    ck_assert(!memcmp(again + UIMAGE, file->data, file->len));
    for (gsize i = UIMAGE + file->len; i < len; i++) {
        ck_assert_int_eq(again[i], 0);
    }
}
END_TEST

/* The user's file has become a larger one meanwhile, or is gone. */
START_TEST(test_not_packed_again)
{
    g_autoptr(GByteArray) file = make_zimage(append_xz);
    g_autoptr(GError) error = NULL;
    g_autofree char *again = NULL;
    gsize len;
    int fd;
    g_autofree char *out = unpacked_of(file, &len, &fd);

    ck_assert(g_file_set_contents("k", out, len, NULL));
    ck_assert(het_kernel_pack(fd, soc->master, NULL));
    again = read_again(len);
    ck_assert(!memcmp(again, out, len));
    g_unlink("k");
    ck_assert(!het_kernel_pack(fd, soc->master, &error));
    ck_assert(g_str_has_prefix(error->message, "kernel: "));
    close(fd);
}
END_TEST

/* Damaged in each of these ways, it is the guest's own code that says so. */
START_TEST(test_damaged)
{
    static const struct {
        gsize at;
        guint32 word;
    } cases[] = {
        { 0x24, 0 }, { 0x34, 0 }, { 0x38, 0 }, { 0x38, 0xfffffff0 },
        { 0x38, G_MAXUINT32 }, { TABLE, 3 }, { TABLE + 4, 0 },
        { TABLE + 8, 0 }, { TABLE + 8, PACKED }, { TABLE + 8, G_MAXUINT32 },
        { TABLE + 12, G_MAXUINT32 }, { TABLE + 12, 16 << 20 },
        { TABLE + 16, G_MAXUINT32 }, { TABLE + 16, 16 << 20 },
        { PACKED + 0x40, 0xdeadbeef }, { PACKED, 0 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GByteArray) xz = make_zimage(append_xz);
        g_autoptr(GByteArray) gzip = make_zimage(append_gzip);

        put(xz, cases[i].at, cases[i].word);
        put(gzip, cases[i].at, cases[i].word);
        expect_as_it_is(xz, xz->len);
        expect_as_it_is(gzip, gzip->len);
    }
}
END_TEST

START_TEST(test_size)
{
    static const guint32 sizes[] = {
        0, KERNEL_SIZE - 1, KERNEL_SIZE + 1, G_MAXUINT32,
    };

    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GByteArray) xz = make_zimage(append_xz);

        put(xz, xz->len - 9 - 4, sizes[i]);
        expect_as_it_is(xz, xz->len);
    }
}
END_TEST

START_TEST(test_cut_short)
{
    g_autoptr(GByteArray) file = make_zimage(append_xz);

    static const gsize edges[] = {
        0, 1, 0x27, 0x28, 0x37, 0x38, 0x3b, 0x3c, TABLE, TABLE + 1, TABLE + 19,
        TABLE + 20, PACKED - 1, PACKED, PACKED + 1, PACKED + 12,
    };

    for (gsize i = 0; i < G_N_ELEMENTS(edges); i++) {
        expect_as_it_is(file, edges[i]);
    }
    for (gsize len = PACKED + 100; len < file->len - 9; len += 10007) {
        expect_as_it_is(file, len);
    }
}
END_TEST

START_TEST(test_missing)
{
    g_autoptr(GError) error = NULL;

    ck_assert(!het_kernel_write(STDOUT_FILENO, soc, soc->master, &unpacked,
                                &error));
    ck_assert(g_str_has_prefix(error->message, "kernel: "));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("kernel");
    Suite *suite = suite_create("kernel");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_unpacked);
    tcase_add_test(tcase, test_packed_again);
    tcase_add_test(tcase, test_not_packed_again);
    tcase_add_test(tcase, test_damaged);
    tcase_add_test(tcase, test_size);
    tcase_add_test(tcase, test_cut_short);
    tcase_add_test(tcase, test_missing);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
