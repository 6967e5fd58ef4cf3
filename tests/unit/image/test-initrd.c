/*
 * The initrd with firmware, read as Linux reads it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "image/initrd.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER 110

static char *folder;

static void setup(void)
{
    folder = g_dir_make_tmp("hetctl-XXXXXX", NULL);
    ck_assert_int_eq(chdir(folder), 0);
}

static void teardown(void)
{
    g_unlink("initrd");
    g_unlink("one.elf");
    g_unlink("two.elf");
    g_unlink("out");
    ck_assert_int_eq(chdir("/"), 0);
    g_rmdir(folder);
    g_free(folder);
}

static HetSoc *make_soc(const char *files)
{
    g_autofree char *xml = g_strdup_printf(
        "<soc><name>s</name><memory name='ddr' unit='MiB'>16</memory>"
        "<master name='a7'><os><type arch='armv7l' machine='virt'/>"
        "<kernel>k</kernel>%s</os><map memory='ddr' address='0x40000000'/>"
        "</master></soc>", files);
    g_autoptr(GError) error = NULL;
    HetSoc *soc = het_soc_parse_string(xml, -1, folder, "x", &error);

    ck_assert_msg(soc && het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES,
                                          &error),
                  "%s", error ? error->message : "");
    return soc;
}

static gboolean write_out(const HetSoc *soc, char **out, gsize *len,
                          GError **error)
{
    FILE *file = fopen("out", "w");
    gboolean ok = het_initrd_write(fileno(file), soc->master, error);

    fclose(file);
    ck_assert(g_file_get_contents("out", out, len, NULL));
    return ok;
}

static guint field(const char *header, int number)
{
    g_autofree char *text = g_strndup(header + 6 + 8 * number, 8);

    return strtoul(text, NULL, 16);
}

/* The entry at *@at, which moves behind it. */
static const char *entry(const char *out, gsize len, gsize *at, guint *mode,
                         guint *size, const char **data)
{
    const char *header = out + *at;
    const char *name = header + HEADER;
    gsize next;

    ck_assert_uint_eq(*at % 4, 0);
    ck_assert_uint_le(*at + HEADER, len);
    ck_assert_msg(!strncmp(header, "070701", 6), "no header at %zu", *at);
    *mode = field(header, 1);
    *size = field(header, 6);
    ck_assert_uint_eq(field(header, 4), 1);
    ck_assert_uint_eq(field(header, 11), strlen(name) + 1);
    next = (*at + HEADER + strlen(name) + 1 + 3) & ~(gsize)3;
    *data = out + next;
    *at = (next + *size + 3) & ~(gsize)3;
    ck_assert_uint_le(*at, len);
    return name;
}

static void check_entry(const char *out, gsize len, gsize *at,
                        const char *name, guint mode, const char *content)
{
    const char *data;
    guint got_mode, size;

    ck_assert_str_eq(entry(out, len, at, &got_mode, &size, &data), name);
    ck_assert_uint_eq(got_mode, mode);
    ck_assert_uint_eq(size, strlen(content));
    ck_assert_int_eq(memcmp(data, content, size), 0);
}

START_TEST(test_own_archive_then_firmware)
{
    g_autoptr(HetSoc) soc = make_soc(
        "<initrd>initrd</initrd><firmware name='a.elf'>one.elf</firmware>"
        "<firmware name='empty'>two.elf</firmware>");
    g_autoptr(GError) error = NULL;
    g_autofree char *out = NULL;
    gsize len, at = 8;

    ck_assert(g_file_set_contents("initrd", "gzip5", -1, NULL));
    ck_assert(g_file_set_contents("one.elf", "firmware", -1, NULL));
    ck_assert(g_file_set_contents("two.elf", "", -1, NULL));
    ck_assert_msg(write_out(soc, &out, &len, &error), "%s",
                  error ? error->message : "");
    ck_assert_int_eq(memcmp(out, "gzip5\0\0\0", 8), 0);
    check_entry(out, len, &at, "lib/", S_IFDIR | 0755, "");
    check_entry(out, len, &at, "lib/firmware/", S_IFDIR | 0755, "");
    check_entry(out, len, &at, "lib/firmware/a.elf", S_IFREG | 0644,
                "firmware");
    check_entry(out, len, &at, "lib/firmware/empty", S_IFREG | 0644, "");
    check_entry(out, len, &at, "TRAILER!!!", 0, "");
    ck_assert_uint_eq(at, len);
}
END_TEST

START_TEST(test_without_an_initrd)
{
    g_autoptr(HetSoc) soc = make_soc(
        "<firmware name='a.elf'>one.elf</firmware>");
    g_autofree char *out = NULL;
    gsize len, at = 0;

    ck_assert(g_file_set_contents("one.elf", "x", -1, NULL));
    ck_assert(write_out(soc, &out, &len, NULL));
    check_entry(out, len, &at, "lib/", S_IFDIR | 0755, "");
}
END_TEST

/* More than a buffer, and bytes of every kind */
START_TEST(test_large_file)
{
    g_autoptr(HetSoc) soc = make_soc(
        "<firmware name='a.elf'>one.elf</firmware>");
    gsize size = 3 * 1024 * 1024 + 1;
    g_autofree char *content = g_malloc(size);
    g_autofree char *out = NULL;
    gsize len, at = 0;
    guint mode, got;
    const char *data;

    for (gsize i = 0; i < size; i++) {
        content[i] = i * 7 >> 3;
    }
    ck_assert(g_file_set_contents("one.elf", content, size, NULL));
    ck_assert(write_out(soc, &out, &len, NULL));
    for (int i = 0; i < 3; i++) {
        entry(out, len, &at, &mode, &got, &data);
    }
    ck_assert_uint_eq(got, size);
    ck_assert_int_eq(memcmp(data, content, size), 0);
}
END_TEST

static void check_fails(const char *message)
{
    g_autoptr(HetSoc) soc = make_soc(
        "<firmware name='a.elf'>one.elf</firmware>");
    g_autoptr(GError) error = NULL;
    g_autofree char *out = NULL;
    gsize len;

    ck_assert(!write_out(soc, &out, &len, &error));
    ck_assert_msg(strstr(error->message, message) != NULL, "%s",
                  error->message);
}

START_TEST(test_bad_files)
{
    g_autofree char *path = g_build_filename(folder, "one.elf", NULL);
    g_autofree char *missing = g_strdup_printf(
        "firmware 'a.elf': file '%s': No such file or directory", path);

    check_fails(missing);
    ck_assert_int_eq(mkfifo("one.elf", 0600), 0);
    check_fails("is not a regular file");
    g_unlink("one.elf");
    ck_assert(g_file_set_contents("one.elf", "", 0, NULL));
    ck_assert_int_eq(truncate("one.elf", 1LL << 32), 0);
    check_fails("has 4 GiB or more");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("initrd");
    TCase *tests = tcase_create("initrd");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_own_archive_then_firmware);
    tcase_add_test(tests, test_without_an_initrd);
    tcase_add_test(tests, test_large_file);
    tcase_add_test(tests, test_bad_files);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
