/*
 * Test cases as data files
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "soc/soc-internal.h"

#include <stdlib.h>

static const char *folder_of(const char *variable, const char *fallback)
{
    return g_getenv(variable) ?: fallback;
}

static const char *data_folder(void)
{
    return folder_of("HETCTL_TEST_DATA", "tests/data");
}

char *test_data_path(const char *folder, const char *name)
{
    return g_build_filename(data_folder(), folder, name, NULL);
}

gboolean test_regenerate(void)
{
    return g_getenv("HETCTL_REGENERATE_OUTPUT") != NULL;
}

static void test_case_free(gpointer data)
{
    TestCase *test = data;

    g_free(test->name);
    g_free(test->path);
    g_free(test->xml);
    g_free(test);
}

static void add_case(GPtrArray *cases, const char *folder, const char *file)
{
    TestCase *test = g_new0(TestCase, 1);

    test->name = g_strndup(file, strlen(file) - strlen(".xml"));
    test->path = g_build_filename(folder, file, NULL);
    if (!g_file_get_contents(test->path, &test->xml, NULL, NULL)) {
        g_error("cannot read %s", test->path);
    }
    g_ptr_array_add(cases, test);
}

/* Boards differ by the name of a tree: one stands for all. */
static gboolean is_like_others(const char *file)
{
    return g_str_has_prefix(file, "stm32mp157-") &&
           !g_str_equal(file, "stm32mp157-virt.xml");
}

static void add_folder(GPtrArray *cases, const char *folder,
                       gboolean invalid)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *file;

    if (!dir) {
        g_error("cannot open %s", folder);
    }
    while ((file = g_dir_read_name(dir))) {
        if (g_str_has_suffix(file, ".xml") &&
            g_str_has_suffix(file, "-invalid.xml") == invalid &&
            !is_like_others(file)) {
            add_case(cases, folder, file);
        }
    }
    g_dir_close(dir);
}

static int compare_cases(gconstpointer a, gconstpointer b)
{
    return g_strcmp0((*(TestCase *const *)a)->name,
                     (*(TestCase *const *)b)->name);
}

GPtrArray *test_cases(gboolean invalid)
{
    GPtrArray *cases = g_ptr_array_new_with_free_func(test_case_free);
    g_autofree char *folder = test_data_path("soc", "cases");

    add_folder(cases, folder, invalid);
    if (!invalid) {
        add_folder(cases, folder_of("HETCTL_TEST_EXAMPLES", "xml-examples"),
                   invalid);
    }
    g_ptr_array_sort(cases, compare_cases);
    return cases;
}

HetSoc *test_parse(const TestCase *test, GError **error)
{
    g_autofree char *source = g_path_get_basename(test->path);
    g_autofree char *folder = g_path_get_dirname(test->path);
    g_autoptr(HetSoc) soc = het_soc_parse(test->xml, strlen(test->xml),
                                          "/soc/xml", source, folder, error);

    if (!soc || !het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES, error)) {
        return NULL;
    }
    return g_steal_pointer(&soc);
}

HetSoc *test_parse_valid(const TestCase *test)
{
    g_autoptr(GError) error = NULL;
    HetSoc *soc = test_parse(test, &error);

    ck_assert_msg(soc != NULL, "%s: %s", test->path,
                  error ? error->message : "no message");
    return soc;
}

void test_compare(const char *actual, const char *folder, const char *name)
{
    g_autofree char *path = test_data_path(folder, name);
    g_autofree char *expected = NULL;

    if (test_regenerate()) {
        ck_assert_msg(g_file_set_contents(path, actual, -1, NULL),
                      "cannot write %s", path);
        return;
    }
    ck_assert_msg(g_file_get_contents(path, &expected, NULL, NULL),
                  "%s is missing, HETCTL_REGENERATE_OUTPUT=1 writes it",
                  path);
    ck_assert_msg(g_str_equal(actual, expected),
                  "%s differs, expected:\n%s\ngot:\n%s", path, expected,
                  actual);
}

int test_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
