/*
 * Parse, validate, format: every data file of tests/data/soc/cases
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "soc/soc-internal.h"

#include <glib/gstdio.h>

static GPtrArray *valid;
static GPtrArray *invalid;

START_TEST(test_valid_formats_as_expected)
{
    const TestCase *test = valid->pdata[_i];
    g_autoptr(HetSoc) soc = test_parse_valid(test);
    g_autofree char *xml = het_soc_format(soc);
    g_autofree char *file = g_strconcat(test->name, ".xml", NULL);

    test_compare(xml, "soc/format", file);
}
END_TEST

START_TEST(test_formatted_is_the_same_soc)
{
    g_autoptr(HetSoc) soc = test_parse_valid(valid->pdata[_i]);
    g_autofree char *first = het_soc_format(soc);
    TestCase again = { .path = "again.xml", .xml = first };
    g_autoptr(HetSoc) copy = test_parse_valid(&again);
    g_autofree char *second = het_soc_format(copy);

    ck_assert_str_eq(first, second);
}
END_TEST

START_TEST(test_invalid_says_what_and_where)
{
    const TestCase *test = invalid->pdata[_i];
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSoc) soc = test_parse(test, &error);
    g_autofree char *file = g_strconcat(test->name, ".err", NULL);
    g_autofree char *message = NULL;
    g_autofree char *where = g_strdup_printf("(%s.xml:", test->name);

    ck_assert_msg(!soc, "%s is accepted", test->path);
    ck_assert_int_eq(het_error_exit_code(error), HET_ERROR_XML);
    ck_assert_msg(strstr(error->message, where) != NULL,
                  "%s: no file and line in: %s", test->path, error->message);
    ck_assert_ptr_null(strchr(error->message, '\n'));
    message = g_strconcat(error->message, "\n", NULL);
    test_compare(message, "soc/cases", file);
}
END_TEST

static HetSoc *parse_text(const char *xml, GError **error)
{
    return het_soc_parse_string(xml, -1, "/base", "text.xml", error);
}

static const char files_xml[] =
    "<soc><name>s</name><memory name='m'>64</memory>"
    "<master name='p'><os><type arch='armv7l' machine='het-m'/>"
    "<kernel>%s</kernel></os><map memory='m' address='0'/>"
    "<devices>%s</devices></master></soc>";

static void check_files(const char *kernel, const char *devices,
                        HetError code, const char *message)
{
    g_autofree char *xml = g_strdup_printf(files_xml, kernel, devices);
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSoc) soc = parse_text(xml, &error);

    ck_assert_msg(soc != NULL, "%s", error ? error->message : "");
    ck_assert(!het_soc_validate(soc, 0, &error));
    ck_assert_int_eq(error->code, code);
    ck_assert_str_eq(error->message, message);
}

START_TEST(test_missing_kernel)
{
    check_files("no/such.elf", "", HET_ERROR_XML,
                "kernel '/base/no/such.elf' does not exist or is not a file "
                "(text.xml:1)");
    check_files("/dev", "", HET_ERROR_XML,
                "kernel '/dev' does not exist or is not a file "
                "(text.xml:1)");
}
END_TEST

START_TEST(test_missing_emulator)
{
    check_files("/proc/self/exe",
                "<emulator>/no/qemu-system-arm</emulator>",
                HET_ERROR_EMULATOR,
                "emulator '/no/qemu-system-arm' of processor 'p' is not a "
                "program (text.xml:1)");
}
END_TEST

START_TEST(test_missing_file_is_not_found)
{
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(het_soc_parse_file("/no/such/soc.xml", &error));
    ck_assert_int_eq(error->code, HET_ERROR_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(error->message, "/no/such/soc.xml"));
}
END_TEST

START_TEST(test_paths_start_at_the_file)
{
    g_autofree char *folder = g_dir_make_tmp("hetctl-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "soc.xml", NULL);
    g_autofree char *kernel = g_build_filename(folder, "fw.elf", NULL);
    g_autofree char *xml = g_strdup_printf(files_xml, "sub/../fw.elf", "");
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSoc) soc = NULL;

    ck_assert(g_file_set_contents(path, xml, -1, NULL));
    ck_assert(g_file_set_contents(kernel, "", 0, NULL));
    soc = het_soc_parse_file(path, &error);
    ck_assert_msg(soc != NULL, "%s", error ? error->message : "");
    ck_assert_str_eq(soc->master->kernel, kernel);
    ck_assert(het_soc_validate(soc, 0, &error));
    g_unlink(path);
    g_unlink(kernel);
    g_rmdir(folder);
}
END_TEST

static const TestCase *find_valid(const char *name)
{
    for (guint i = 0; i < valid->len; i++) {
        const TestCase *test = valid->pdata[i];

        if (g_str_equal(test->name, name)) {
            return test;
        }
    }
    ck_abort_msg("no test case %s", name);
    return NULL;
}

static void check_window(const HetWindow *w, const char *id,
                         guint64 segment_offset, guint64 size,
                         guint64 address, guint addresses)
{
    ck_assert_str_eq(w->id, id);
    ck_assert_uint_eq(w->segment_offset, segment_offset);
    ck_assert_uint_eq(w->size, size);
    ck_assert_uint_eq(w->addresses->len, addresses);
    ck_assert_uint_eq(g_array_index(w->addresses, guint64, addresses - 1),
                      address);
}

START_TEST(test_windows_of_a_slave)
{
    g_autoptr(HetSoc) soc = test_parse_valid(find_valid("stm32mp157-virt"));
    const HetProcessor *m4 = het_soc_find_processor(soc, "m4");
    g_autoptr(GPtrArray) windows = het_soc_get_windows(soc, m4);

    ck_assert_uint_eq(windows->len, 5);
    check_window(windows->pdata[0], "retram", 514 * 1024 * 1024, 0x10000, 0,
                 1);
    check_window(windows->pdata[1], "sram", 512 * 1024 * 1024, 0x60000,
                 0x30000000, 2);
}
END_TEST

START_TEST(test_windows_of_pieces)
{
    g_autoptr(HetSoc) soc = test_parse_valid(find_valid("pieces"));
    g_autoptr(GPtrArray) windows = het_soc_get_windows(soc,
                                                       soc->slaves->pdata[0]);

    ck_assert_uint_eq(windows->len, 3);
    check_window(windows->pdata[0], "ram-0-8000", 0x200000, 0x8000, 0, 1);
    check_window(windows->pdata[1], "ram-8000-1000", 0x208000, 0x1000,
                 0x30000000, 2);
    check_window(windows->pdata[2], "ram-f000-1000", 0x20f000, 0x1000,
                 0x20010000, 1);
}
END_TEST

START_TEST(test_segment_layout)
{
    g_autoptr(HetSoc) soc = test_parse_valid(find_valid("stm32mp157-virt"));

    ck_assert_uint_eq(het_soc_segment_size(soc),
                      518 * 1024 * 1024 + 0x1000);
    ck_assert_uint_eq(het_soc_memory_offset(soc, soc->memories->pdata[0]), 0);
}
END_TEST

START_TEST(test_links_are_all_pairs)
{
    g_autoptr(HetSoc) soc = test_parse_valid(find_valid("native"));
    g_autoptr(GPtrArray) links = het_soc_get_links(soc);
    const HetLink *last;

    ck_assert_uint_eq(links->len, 3);
    last = links->pdata[2];
    ck_assert_str_eq(last->idm->name, "mbox");
    ck_assert_str_eq(last->a->processor, "m4");
    ck_assert_str_eq(last->b->processor, "m33");
}
END_TEST

START_TEST(test_boot_idm)
{
    g_autoptr(HetSoc) soc = test_parse_valid(find_valid("native"));
    const HetProcessor *m4 = het_soc_find_processor(soc, "m4");
    const HetProcessor *m33 = het_soc_find_processor(soc, "m33");

    ck_assert_str_eq(het_soc_find_boot_idm(soc, m4)->name, "mbox");
    ck_assert_ptr_null(het_soc_find_boot_idm(soc, m33));
    ck_assert_ptr_null(het_soc_find_processor(soc, "m0"));
}
END_TEST

/* What two of them must not have in common is left out, and nothing else. */
START_TEST(test_another_soc)
{
    static const char text[] =
        "<soc><name>first</name>"
        "<uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>"
        "<memory name='ddr' unit='MiB'>64</memory><master name='a7'>"
        "<os><type arch='armv7l' machine='virt'/></os>"
        "<map memory='ddr' address='0x40000000'/><devices>"
        "<interface type='user'>%s<model type='virtio'/></interface>"
        "<x:mac xmlns:x='urn:x' address='1'/></devices></master></soc>";
    g_autofree char *xml =
        g_strdup_printf(text, "<mac address='52:54:00:12:34:56'/>");
    g_autofree char *without = g_strdup_printf(text, "");
    g_autoptr(HetSoc) soc = parse_text(xml, NULL);
    g_autoptr(HetSoc) expected = parse_text(without, NULL);
    g_autofree char *other = het_soc_format_other(soc, "second");
    g_autoptr(HetSoc) second = parse_text(other, NULL);
    g_autofree char *again = NULL;
    g_autofree char *wanted = NULL;

    ck_assert_str_eq(second->name, "second");
    ck_assert_ptr_null(second->uuid);
    ck_assert_str_eq(soc->name, "first");
    ck_assert_ptr_nonnull(strstr(soc->master->devices_xml, "52:54"));
    again = het_soc_format_other(second, "third");
    wanted = het_soc_format_other(expected, "third");
    ck_assert_str_eq(again, wanted);
    ck_assert_ptr_nonnull(strstr(again, "x:mac"));
}
END_TEST

START_TEST(test_exit_codes)
{
    g_autoptr(GError) foreign = g_error_new(G_FILE_ERROR, 7, "x");
    g_autoptr(GError) own = g_error_new(HET_ERROR, HET_ERROR_STATE, "x");

    ck_assert_int_eq(het_error_exit_code(NULL), 0);
    ck_assert_int_eq(het_error_exit_code(foreign), 1);
    ck_assert_int_eq(het_error_exit_code(own), 5);
}
END_TEST

static void add_single_tests(TCase *tc)
{
    tcase_add_test(tc, test_missing_kernel);
    tcase_add_test(tc, test_missing_emulator);
    tcase_add_test(tc, test_missing_file_is_not_found);
    tcase_add_test(tc, test_paths_start_at_the_file);
    tcase_add_test(tc, test_windows_of_a_slave);
    tcase_add_test(tc, test_windows_of_pieces);
    tcase_add_test(tc, test_segment_layout);
    tcase_add_test(tc, test_links_are_all_pairs);
    tcase_add_test(tc, test_boot_idm);
    tcase_add_test(tc, test_another_soc);
    tcase_add_test(tc, test_exit_codes);
}

int main(void)
{
    Suite *suite = suite_create("soc");
    TCase *tc = tcase_create("soc");
    int status;

    valid = test_cases(FALSE);
    invalid = test_cases(TRUE);
    tcase_add_loop_test(tc, test_valid_formats_as_expected, 0, valid->len);
    tcase_add_loop_test(tc, test_formatted_is_the_same_soc, 0, valid->len);
    tcase_add_loop_test(tc, test_invalid_says_what_and_where, 0,
                        invalid->len);
    add_single_tests(tc);
    suite_add_tcase(suite, tc);
    status = test_run(suite);
    g_ptr_array_unref(valid);
    g_ptr_array_unref(invalid);
    return status;
}
