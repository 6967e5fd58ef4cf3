/*
 * Register blocks out of device trees and CMSIS-SVD files, also hostile ones
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "blocks/blocks.h"
#include "data.h"
#include "soc/soc.h"
#include "util/error.h"

static HetBlocks *parse(const char *text, GError **error)
{
    return het_blocks_parse(text, strlen(text), "chip.svd", error);
}

static void assert_refused(const char *text, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HetBlocks) blocks = parse(text, &error);

    ck_assert_ptr_null(blocks);
    ck_assert_int_eq(error->code, HET_ERROR_XML);
    ck_assert_msg(strstr(error->message, message) != NULL, "got: %s",
                  error->message);
}

/* What is written is a fragment that hetctl takes. */
static void assert_fits_soc(const char *fragment)
{
    const char *start = strstr(fragment, "<stub");
    const char *end = strstr(fragment, "</fragment>");
    g_autofree char *stubs = g_strndup(start, end - start);
    g_autofree char *xml = g_strdup_printf(
        "<soc><name>s</name><memory name='m' unit='KiB'>64</memory>"
        "<master name='a'><os><type arch='armv7l' machine='het-m'/>"
        "<kernel>/k</kernel></os><cpu><model>cortex-m4</model></cpu>"
        "<map memory='m' address='0x20000000'/>%s</master></soc>", stubs);
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSoc) soc = het_soc_parse_string(xml, -1, "/", "s", &error);

    ck_assert_msg(soc && het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES,
                                          &error), "%s",
                  error ? error->message : "");
}

static char *read_data(const char *name, gsize *len)
{
    g_autofree char *path = test_data_path("blocks", name);
    char *text = NULL;

    ck_assert(g_file_get_contents(path, &text, len, NULL));
    return text;
}

START_TEST(test_svd_as_expected)
{
    gsize len;
    g_autofree char *svd = read_data("chip.svd", &len);
    g_autoptr(HetBlocks) blocks = het_blocks_parse(svd, len, "chip.svd", NULL);
    g_autofree char *text = NULL;

    ck_assert_ptr_nonnull(blocks);
    text = het_blocks_format(blocks, "chip.svd");
    test_compare(text, "blocks", "chip.xml");
    assert_fits_soc(text);
}
END_TEST

static char *board_tree(gsize *len)
{
    g_autofree char *path = test_data_path("blocks", "board.dts");
    const char *argv[] = { "dtc", "-q", "-O", "dtb", path, NULL };
    g_autoptr(GSubprocess) dtc =
        g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL);
    g_autoptr(GBytes) blob = NULL;

    ck_assert_ptr_nonnull(dtc);
    ck_assert(g_subprocess_communicate(dtc, NULL, NULL, &blob, NULL, NULL));
    *len = g_bytes_get_size(blob);
    return g_memdup2(g_bytes_get_data(blob, NULL), *len);
}

START_TEST(test_tree_as_expected)
{
    gsize len;
    g_autofree char *tree = board_tree(&len);
    g_autoptr(HetBlocks) blocks = het_blocks_parse(tree, len, "board.dtb",
                                                   NULL);
    g_autofree char *text = NULL;

    ck_assert_ptr_nonnull(blocks);
    text = het_blocks_format(blocks, "board.dtb");
    test_compare(text, "blocks", "board.xml");
    assert_fits_soc(text);
}
END_TEST

/* The sanitizers tell when something is read beyond the end. */
START_TEST(test_hostile_tree)
{
    gsize len;
    g_autofree char *tree = board_tree(&len);
    g_autoptr(GRand) random = g_rand_new_with_seed(20);

    for (gsize cut = 0; cut < len; cut += 7) {
        g_autofree char *copy = g_memdup2(tree, cut ?: 1);
        g_autoptr(HetBlocks) blocks = het_blocks_parse(copy, cut, "t", NULL);

        ck_assert_ptr_null(blocks);
    }
    for (int i = 0; i < 3000; i++) {
        g_autofree char *copy = g_memdup2(tree, len);
        g_autoptr(HetBlocks) blocks = NULL;
        g_autofree char *text = NULL;

        for (int j = g_rand_int_range(random, 1, 8); j > 0; j--) {
            copy[g_rand_int_range(random, 40, len)] =
                g_rand_int_range(random, 0, 256);
        }
        blocks = het_blocks_parse(copy, len, "t", NULL);
        text = blocks ? het_blocks_format(blocks, "t") : NULL;
    }
}
END_TEST

#define SVD(peripherals) \
    "<device><name>T</name><peripherals>" peripherals \
    "</peripherals></device>"
#define PERIPHERAL(name, base, size, registers) \
    "<peripheral><name>" name "</name><baseAddress>" base "</baseAddress>" \
    "<addressBlock><offset>0</offset><size>" size "</size></addressBlock>" \
    "<registers>" registers "</registers></peripheral>"
#define ARRAY(kind, count, inside) \
    "<" kind "><name>R</name><addressOffset>0</addressOffset>" \
    "<dim>" count "</dim><dimIncrement>4</dimIncrement>" inside \
    "</" kind ">"

START_TEST(test_refused)
{
    assert_refused("", "not well-formed");
    assert_refused("<soc/>", "neither a flattened device tree nor");
    assert_refused("<!DOCTYPE device [<!ENTITY a 'b'>]><device/>",
                   "<!DOCTYPE");
    assert_refused(SVD(PERIPHERAL("A", "0", "4", ARRAY("register",
                   "0xffffffffffffffff", ""))), "more than 1000000 registers");
    assert_refused(SVD(PERIPHERAL("A", "0", "4", ARRAY("cluster", "5000",
                   ARRAY("cluster", "5000", ARRAY("register", "5000", ""))))),
                   "more than 1000000 registers");
}
END_TEST

static const HetBlock *only(const HetBlocks *blocks)
{
    ck_assert_uint_eq(blocks->blocks->len, 1);
    return g_ptr_array_index(blocks->blocks, 0);
}

/* No place at all, or one that goes around the end of all addresses */
START_TEST(test_impossible_blocks_are_left_out)
{
    static const char *const texts[] = {
        SVD(PERIPHERAL("A", "0x1000", "0", "")),
        SVD(PERIPHERAL("A", "0xfffffffffffffffc", "0x10", "")),
        SVD(PERIPHERAL("A", "0x1000", "0x100000004", "")),
        SVD(PERIPHERAL("A", "0x1000", "0xffffffffffffffff", "")),
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(HetBlocks) blocks = parse(texts[i], NULL);

        ck_assert_ptr_nonnull(blocks);
        ck_assert_ptr_nonnull(only(blocks)->left_out);
    }
}
END_TEST

START_TEST(test_circle_of_derivations_ends)
{
    g_autoptr(HetBlocks) blocks = parse(SVD(
        "<peripheral derivedFrom='B'><name>A</name>"
        "<baseAddress>0</baseAddress></peripheral>"
        "<peripheral derivedFrom='A'><name>B</name>"
        "<baseAddress>16</baseAddress></peripheral>"), NULL);

    ck_assert_ptr_nonnull(blocks);
    ck_assert_uint_eq(blocks->blocks->len, 2);
}
END_TEST

START_TEST(test_more_registers_than_a_stub_has)
{
    g_autoptr(HetBlocks) blocks = parse(SVD(PERIPHERAL("A", "0", "0x1000",
        ARRAY("register", "300", "<resetValue>1</resetValue>"))), NULL);
    g_autofree char *text = NULL;

    ck_assert_uint_eq(only(blocks)->registers->len, 300);
    text = het_blocks_format(blocks, "t");
    ck_assert_ptr_nonnull(strstr(text, "44 more registers do not reset to 0"));
    assert_fits_soc(text);
}
END_TEST

/* A real one has more than a SoC XML may have. */
START_TEST(test_many_elements)
{
    g_autoptr(GString) svd = g_string_new(
        "<device><name>T</name><peripherals><peripheral><name>A</name>"
        "<baseAddress>0</baseAddress><addressBlock><offset>0</offset>"
        "<size>0x10000</size></addressBlock><registers>");
    g_autoptr(HetBlocks) blocks = NULL;

    for (int i = 0; i < 10000; i++) {
        g_string_append_printf(svd, "<register><name>R%d</name>"
                               "<addressOffset>%d</addressOffset>"
                               "<resetValue>1</resetValue></register>", i,
                               4 * i);
    }
    g_string_append(svd, "</registers></peripheral></peripherals></device>");
    blocks = parse(svd->str, NULL);
    ck_assert_ptr_nonnull(blocks);
    ck_assert_uint_eq(only(blocks)->registers->len, 10000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("blocks");
    TCase *tests = tcase_create("chip");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_svd_as_expected);
    tcase_add_test(tests, test_tree_as_expected);
    tcase_add_test(tests, test_hostile_tree);
    tcase_add_test(tests, test_refused);
    tcase_add_test(tests, test_impossible_blocks_are_left_out);
    tcase_add_test(tests, test_circle_of_derivations_ends);
    tcase_add_test(tests, test_more_registers_than_a_stub_has);
    tcase_add_test(tests, test_many_elements);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
