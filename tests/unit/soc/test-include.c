/*
 * XInclude: the files of tests/data/soc/include, and folders made for a test
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "soc/amend.h"
#include "soc/include.h"
#include "soc/schema.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define XI "xmlns:xi='" HET_INCLUDE_NAMESPACE "'"

static GPtrArray *invalid;
static char *data;
static char *folder;            /* of one test */

static HetSoc *parse(const char *path, GError **error)
{
    g_autoptr(HetSoc) soc = het_soc_parse_file(path, error);

    if (!soc || !het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES, error)) {
        return NULL;
    }
    return g_steal_pointer(&soc);
}

static HetSoc *parse_valid(const char *path)
{
    g_autoptr(GError) error = NULL;
    HetSoc *soc = parse(path, &error);

    ck_assert_msg(soc != NULL, "%s: %s", path, error ? error->message : "");
    return soc;
}

static void enter_data(void)
{
    ck_assert_int_eq(chdir(data), 0);
}

START_TEST(test_included_is_the_whole)
{
    g_autoptr(HetSoc) board = parse_valid("board.xml");
    g_autoptr(HetSoc) whole = parse_valid("whole.xml");
    g_autofree char *actual = het_soc_format(board);
    g_autofree char *expected = het_soc_format(whole);

    ck_assert_str_eq(actual, expected);
}
END_TEST

START_TEST(test_changed_is_the_whole)
{
    g_autoptr(HetSoc) board = parse_valid("amended.xml");
    g_autoptr(HetSoc) whole = parse_valid("amended-whole.xml");
    g_autofree char *actual = het_soc_format(board);
    g_autofree char *expected = het_soc_format(whole);

    ck_assert_str_eq(actual, expected);
}
END_TEST

/* All that a <soc> may hold can be changed. */
START_TEST(test_changes_know_the_schema)
{
    g_autoptr(GRegex) regex = g_regex_new("<element name=\"(\\w+)\">", 0, 0,
                                          NULL);
    g_autoptr(GMatchInfo) match = NULL;
    guint count = 0;

    g_regex_match(regex, het_schema_rng, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *name = g_match_info_fetch(match, 1);

        ck_assert_msg(het_amend_knows(name) || g_str_equal(name, "soc"),
                      "no change of <%s>", name);
        count++;
    }
    ck_assert_uint_gt(count, 20);
}
END_TEST

/* An element is where its attributes were set last. */
START_TEST(test_changed_elements_know_their_file)
{
    g_autoptr(HetSoc) soc = parse_valid("amended.xml");
    const HetProcessor *m4 = soc->slaves->pdata[0];
    const HetDevice *uart = m4->devices->pdata[0];
    const HetStub *rcc = m4->stubs->pdata[0];
    const HetStubRegister *added = rcc->registers->pdata[0];

    ck_assert_str_eq(uart->at.file, "amended.xml");
    ck_assert_int_eq(uart->at.line, 7);
    ck_assert_str_eq(rcc->at.file, "amended.xml");
    ck_assert_str_eq(added->at.file, "chip/m4-rev-b.xml");
    ck_assert_int_eq(added->at.line, 5);
    ck_assert_str_eq(soc->master->at.file, "chip/m33.xml");
}
END_TEST

START_TEST(test_elements_know_their_file)
{
    g_autoptr(HetSoc) soc = parse_valid("board.xml");
    const HetProcessor *m4 = soc->slaves->pdata[0];
    const HetStub *pwr = m4->stubs->pdata[1];
    const HetMemory *ram = soc->memories->pdata[1];

    ck_assert_str_eq(soc->at.file, "board.xml");
    ck_assert_str_eq(m4->at.file, "board.xml");
    ck_assert_int_eq(m4->at.line, 6);
    ck_assert_str_eq(pwr->at.file, "chip/stubs/clocks.xml");
    ck_assert_int_eq(pwr->at.line, 5);
    ck_assert_str_eq(ram->at.file, "common/ram.xml");
    ck_assert_int_eq(ram->at.line, 1);
}
END_TEST

START_TEST(test_names_start_as_the_top_file_does)
{
    g_autofree char *path = g_build_filename(data, "board.xml", NULL);
    g_autofree char *ram = g_build_filename(data, "common/ram.xml", NULL);
    g_autofree char *fw = g_build_filename(data, "chip/fw/master.elf", NULL);
    g_autoptr(HetSoc) soc = NULL;

    ck_assert_int_eq(chdir("/"), 0);
    soc = parse_valid(path);
    ck_assert_str_eq(((HetMemory *)soc->memories->pdata[1])->at.file, ram);
    ck_assert_str_eq(soc->master->kernel, fw);
}
END_TEST

START_TEST(test_invalid_says_what_and_where)
{
    const char *name = invalid->pdata[_i];
    g_autofree char *path = g_strconcat(name, ".xml", NULL);
    g_autofree char *file = g_strconcat(name, ".err", NULL);
    g_autofree char *message = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSoc) soc = parse(path, &error);

    ck_assert_msg(!soc, "%s is accepted", path);
    ck_assert_int_eq(error->code, HET_ERROR_XML);
    message = g_strconcat(error->message, "\n", NULL);
    test_compare(message, "soc/include", file);
}
END_TEST

START_TEST(test_text_includes_nothing)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSoc) soc = het_soc_parse_string(
        "<soc " XI "><xi:include href='chip/idm.xml'/></soc>", -1, data,
        "soc 'x'", &error);

    ck_assert_ptr_null(soc);
    ck_assert_str_eq(error->message,
                     "an include is only possible in a file (soc 'x':1)");
}
END_TEST

/* ---- folders made for a test ---- */

static void make_folder(void)
{
    folder = g_dir_make_tmp("hetctl-XXXXXX", NULL);
    ck_assert_ptr_nonnull(folder);
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(g_mkdir("soc", 0700), 0);
}

static void remove_all(const char *path)
{
    g_autoptr(GDir) dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK)
                          ? NULL : g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(path, name, NULL);

        remove_all(child);
    }
    g_remove(path);
}

static void remove_folder(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    remove_all(folder);
    g_free(folder);
}

static void put(const char *path, const char *content)
{
    ck_assert(g_file_set_contents(path, content, -1, NULL));
}

static void put_including(const char *href)
{
    g_autofree char *xml = g_strdup_printf(
        "<soc " XI "><xi:include href='%s'/></soc>", href);

    put("soc/soc.xml", xml);
}

static void check_refused(const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSoc) soc = parse("soc/soc.xml", &error);

    ck_assert_ptr_null(soc);
    ck_assert_int_eq(error->code, HET_ERROR_XML);
    ck_assert_msg(strstr(error->message, message) != NULL, "got: %s",
                  error->message);
}

START_TEST(test_link_that_leaves_is_refused)
{
    put("secret.xml", "<secret/>");
    put_including("link.xml");
    ck_assert_int_eq(symlink("../secret.xml", "soc/link.xml"), 0);
    check_refused("cannot include 'link.xml': it lies outside of '");
    ck_assert_int_eq(g_unlink("soc/link.xml"), 0);
    ck_assert_int_eq(symlink("/etc/hostname", "soc/link.xml"), 0);
    check_refused("it lies outside of '");
    put_including("up/secret.xml");
    ck_assert_int_eq(symlink("..", "soc/up"), 0);
    check_refused("it lies outside of '");
}
END_TEST

START_TEST(test_folder_with_the_same_start_is_outside)
{
    ck_assert_int_eq(g_mkdir("soc-2", 0700), 0);
    put("soc-2/secret.xml", "<secret/>");
    put_including("link.xml");
    ck_assert_int_eq(symlink("../soc-2/secret.xml", "soc/link.xml"), 0);
    check_refused("it lies outside of '");
}
END_TEST

START_TEST(test_link_that_stays_is_followed)
{
    put("soc/x.xml", "<fragment>\n<cache/></fragment>");
    put_including("link.xml");
    ck_assert_int_eq(symlink("../soc/x.xml", "soc/link.xml"), 0);
    check_refused("unknown element <cache> in <soc>");
    check_refused("(soc/link.xml:2)");
    /* The folder itself may be reached by a link. */
    ck_assert_int_eq(g_rename("soc", "real"), 0);
    ck_assert_int_eq(symlink("real", "soc"), 0);
    check_refused("unknown element <cache> in <soc>");
}
END_TEST

START_TEST(test_loop_over_a_link_is_refused)
{
    put("soc/a.xml", "<fragment " XI "><xi:include href='b.xml'/></fragment>");
    ck_assert_int_eq(symlink("a.xml", "soc/b.xml"), 0);
    put_including("a.xml");
    check_refused("'b.xml' includes itself (soc/a.xml:1)");
}
END_TEST

START_TEST(test_no_regular_file_is_refused)
{
    ck_assert_int_eq(mkfifo("soc/fifo.xml", 0600), 0);
    put_including("fifo.xml");
    check_refused("it is not a regular file");
    ck_assert_int_eq(symlink("/dev/zero", "soc/zero.xml"), 0);
    put_including("zero.xml");
    check_refused("it lies outside of '");
}
END_TEST

START_TEST(test_size_is_bounded)
{
    g_autofree char *blanks = g_strnfill(600 * 1024, ' ');
    g_autofree char *half = g_strdup_printf("<fragment>%s</fragment>",
                                            blanks);
    g_autofree char *huge = g_strdup_printf("<fragment>%s%s</fragment>",
                                            blanks, blanks);

    put("soc/half.xml", half);
    put("soc/soc.xml", "<soc " XI "><xi:include href='half.xml'/>"
        "<xi:include href='half.xml'/></soc>");
    check_refused("cannot include 'half.xml': it has more than the ");
    put("soc/huge.xml", huge);
    put_including("huge.xml");
    check_refused("cannot include 'huge.xml': it has more than the ");
}
END_TEST

/* Ten includes in each of eight files would be 100 million. */
START_TEST(test_count_is_bounded)
{
    for (int i = 1; i <= 7; i++) {
        g_autofree char *path = g_strdup_printf("soc/%d.xml", i);
        GString *xml = g_string_new("<fragment " XI ">");

        for (int j = 0; j < 10; j++) {
            g_string_append_printf(xml, "<xi:include href='%d.xml'/>", i + 1);
        }
        g_string_append(xml, "</fragment>");
        put(path, xml->str);
        g_string_free(xml, TRUE);
    }
    put("soc/8.xml", "<fragment/>");
    put_including("1.xml");
    check_refused("more than the 256 includes allowed");
}
END_TEST

/* ---- the folder of the examples ---- */

static void use_examples(void)
{
    make_folder();
    ck_assert_int_eq(g_mkdir_with_parents("examples/chips/parts", 0700), 0);
    put("examples/chips/m4.xml", "<fragment " XI ">"
        "<xi:include href='parts/x.xml'/></fragment>");
    put("examples/chips/parts/x.xml", "<fragment>\n<of-examples/></fragment>");
    g_setenv("HETCTL_EXAMPLES_DIR", "examples/chips/..", TRUE);
}

static void remove_examples(void)
{
    g_unsetenv("HETCTL_EXAMPLES_DIR");
    remove_folder();
}

START_TEST(test_examples_are_found)
{
    g_autofree char *where = g_build_filename(
        folder, "examples/chips/parts/x.xml:2)", NULL);

    put_including("chips/m4.xml");
    check_refused("unknown element <of-examples> in <soc>");
    check_refused(where);
}
END_TEST

START_TEST(test_own_file_comes_before_an_example)
{
    ck_assert_int_eq(g_mkdir("soc/chips", 0700), 0);
    put("soc/chips/m4.xml", "<fragment><own/></fragment>");
    put_including("chips/m4.xml");
    check_refused("unknown element <own> in <soc>");
    check_refused("(soc/chips/m4.xml:1)");
}
END_TEST

/* An example has nothing to do with who includes it. */
START_TEST(test_example_includes_only_examples)
{
    ck_assert_int_eq(g_mkdir_with_parents("soc/chips/parts", 0700), 0);
    put("soc/chips/parts/y.xml", "<own/>");
    put("examples/chips/m4.xml", "<fragment " XI ">"
        "<xi:include href='parts/y.xml'/></fragment>");
    put_including("chips/m4.xml");
    check_refused("cannot include 'chips/parts/y.xml': ");
    put("secret.xml", "<secret/>");
    put("examples/chips/m4.xml", "<fragment " XI ">"
        "<xi:include href='../../secret.xml'/></fragment>");
    check_refused("leads to no file below the folder");
    ck_assert_int_eq(symlink("../../secret.xml", "examples/chips/link.xml"),
                     0);
    put_including("chips/link.xml");
    check_refused("cannot include 'chips/link.xml': ");
}
END_TEST

START_TEST(test_what_is_nowhere_is_missing)
{
    put_including("chips/none.xml");
    check_refused("cannot include 'chips/none.xml': No such file");
}
END_TEST

static GPtrArray *find_invalid(void)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(data, 0, NULL);
    const char *file;

    while (dir && (file = g_dir_read_name(dir))) {
        if (g_str_has_suffix(file, "-invalid.xml")) {
            g_ptr_array_add(names, g_strndup(file, strlen(file) - 4));
        }
    }
    if (!names->len) {
        g_error("no invalid files in %s", data);
    }
    return names;
}

static Suite *make_suite(void)
{
    Suite *suite = suite_create("include");
    TCase *files = tcase_create("files");
    TCase *folders = tcase_create("folders");
    TCase *examples = tcase_create("examples");

    tcase_add_checked_fixture(files, enter_data, NULL);
    tcase_add_test(files, test_included_is_the_whole);
    tcase_add_test(files, test_changed_is_the_whole);
    tcase_add_test(files, test_changed_elements_know_their_file);
    tcase_add_test(files, test_changes_know_the_schema);
    tcase_add_test(files, test_elements_know_their_file);
    tcase_add_test(files, test_names_start_as_the_top_file_does);
    tcase_add_loop_test(files, test_invalid_says_what_and_where, 0,
                        invalid->len);
    tcase_add_test(files, test_text_includes_nothing);
    suite_add_tcase(suite, files);

    tcase_add_checked_fixture(folders, make_folder, remove_folder);
    tcase_set_timeout(folders, 60);
    tcase_add_test(folders, test_link_that_leaves_is_refused);
    tcase_add_test(folders, test_folder_with_the_same_start_is_outside);
    tcase_add_test(folders, test_link_that_stays_is_followed);
    tcase_add_test(folders, test_loop_over_a_link_is_refused);
    tcase_add_test(folders, test_no_regular_file_is_refused);
    tcase_add_test(folders, test_size_is_bounded);
    tcase_add_test(folders, test_count_is_bounded);
    suite_add_tcase(suite, folders);

    tcase_add_checked_fixture(examples, use_examples, remove_examples);
    tcase_add_test(examples, test_examples_are_found);
    tcase_add_test(examples, test_own_file_comes_before_an_example);
    tcase_add_test(examples, test_example_includes_only_examples);
    tcase_add_test(examples, test_what_is_nowhere_is_missing);
    suite_add_tcase(suite, examples);
    return suite;
}

int main(void)
{
    g_autofree char *folder = g_build_filename(
        g_getenv("HETCTL_TEST_DATA") ?: "tests/data", "soc/include", NULL);
    int status;

    /* make distcheck gives a path with ".." in it. */
    data = g_canonicalize_filename(folder, NULL);
    invalid = find_invalid();
    status = test_run(make_suite());
    g_ptr_array_unref(invalid);
    g_free(data);
    return status;
}
