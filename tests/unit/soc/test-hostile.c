/*
 * XML from anywhere: whatever it is, the answer is a SoC or an error
 *
 * Damaged copies of the valid data files are most telling under
 * configure --enable-asan. HETCTL_TEST_ROUNDS=N tries more of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "domain/domxml.h"
#include "dt/overlay.h"

#include <stdlib.h>

#define SEED 20261122
#define ROUNDS 40

static GPtrArray *valid;

static int rounds(void)
{
    const char *text = g_getenv("HETCTL_TEST_ROUNDS");

    return text ? atoi(text) : ROUNDS;
}

static HetSoc *parse(const char *xml, gssize len, GError **error)
{
    g_autoptr(HetSoc) soc = het_soc_parse_string(xml, len, "/", "hostile.xml",
                                                 error);

    if (!soc || !het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES, error)) {
        return NULL;
    }
    return g_steal_pointer(&soc);
}

static void check_refused(const char *xml, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSoc) soc = parse(xml, -1, &error);

    ck_assert_ptr_null(soc);
    ck_assert_int_eq(error->code, HET_ERROR_XML);
    ck_assert_msg(strstr(error->message, message) != NULL, "got: %s",
                  error->message);
}

START_TEST(test_dtd_is_refused)
{
    check_refused("<!DOCTYPE soc [<!ENTITY a 'b'>]><soc/>", "<!DOCTYPE");
    check_refused("<!DOCTYPE soc SYSTEM 'file:///etc/passwd'><soc/>",
                  "<!DOCTYPE");
    check_refused("<!DOCTYPE soc PUBLIC 'x' 'http://localhost/x'><soc/>",
                  "<!DOCTYPE");
    check_refused("<soc><name>&undeclared;</name></soc>", "not well-formed");
}
END_TEST

START_TEST(test_xinclude_is_refused)
{
    check_refused("<soc xmlns:xi='http://www.w3.org/2001/XInclude'>"
                  "<xi:include href='/etc/passwd' parse='text'/></soc>",
                  "an include is only possible in a file");
}
END_TEST

START_TEST(test_not_xml)
{
    check_refused("", "not well-formed");
    check_refused("soc", "not well-formed");
    check_refused("<soc>", "not well-formed");
    check_refused("<soc/><soc/>", "not well-formed");
    check_refused("\xff\xfe\x00", "not well-formed XML in UTF-8");
    check_refused("<?xml version='1.0' encoding='UTF-7'?><soc>+ADw-a/+AD4-"
                  "</soc>", "<soc> has no <name>");
    check_refused("<soc name='\xc3\x28'/>", "not well-formed");
}
END_TEST

/* In memory that ends, and begins, with the text: the sanitizer watches. */
START_TEST(test_cut_tags)
{
    static const char *const texts[] = {
        "<", "<<", "<<a/>", "</", "</>", "<a", "<a<", "<!", "<!-", "<!--",
        "<?", "<a b='", "<a/", "<>", "/><", "<a></a",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        gsize len = strlen(texts[i]);
        g_autofree char *copy = g_memdup2(texts[i], len);
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(parse(copy, len, &error));
        ck_assert_int_eq(error->code, HET_ERROR_XML);
    }
}
END_TEST

START_TEST(test_huge_is_refused)
{
    g_autofree char *huge = g_strnfill(2 * 1024 * 1024, ' ');

    check_refused(huge, "more than the 1048576 allowed");
}
END_TEST

START_TEST(test_deep_is_refused)
{
    GString *deep = g_string_new("<soc>");

    for (int i = 0; i < 20000; i++) {
        g_string_append(deep, "<devices>");
    }
    check_refused(deep->str, "more than the 32 levels of elements");
    g_string_free(deep, TRUE);
}
END_TEST

static char *repeat(const char *head, const char *part, int n,
                    const char *tail)
{
    GString *xml = g_string_new(head);

    for (int i = 0; i < n; i++) {
        g_string_append_printf(xml, part, i, i);
    }
    g_string_append(xml, tail);
    return g_string_free(xml, FALSE);
}

#define HEAD \
    "<soc><name>s</name><memory name='m'>64</memory><master name='p'>" \
    "<os><type arch='armv7l' machine='het-m'/><kernel>k</kernel></os>" \
    "<map memory='m' address='0'/>"

START_TEST(test_many_elements_take_no_time)
{
    static const char head[] = HEAD;
    g_autofree char *maps = repeat(head, "<map memory='m' address='%d'/>",
                                   15000, "</master></soc>");
    g_autofree char *memories = repeat(
        "<soc><name>s</name>", "<memory name='m%d'>4</memory>", 15000,
        "<master name='p'><os><type arch='armv7l' machine='het-m'/></os>"
        "<map memory='m1' address='0'/></master></soc>");
    g_autofree char *slaves = repeat(
        "<soc><name>s</name><memory name='m'>4</memory><master name='p'>"
        "<os><type arch='armv7l' machine='het-m'/></os>"
        "<map memory='m' address='0'/></master>",
        "<slave name='s%d'><os><type arch='armv7l' machine='het-m'/></os>"
        "<map memory='m' address='0'/></slave>", 3000, "</soc>");

    check_refused(maps, "at most 64 are allowed");
    check_refused(memories, "at most 64 are allowed");
    check_refused(slaves, "a SoC has at most 16");
}
END_TEST

static const struct {
    const char *head;
    const char *part;
    const char *tail;
    const char *message;
} many[] = {
    { HEAD, "<device name='d%d' type='x' address='%d'/>", "</master></soc>",
      "at most 256 are allowed" },
    { HEAD, "<stub name='s%d' address='%d' size='4'/>", "</master></soc>",
      "at most 256 are allowed" },
    { HEAD "<device name='d' type='x' address='", " %d",
      "'/></master></soc>", "at most 32 are allowed" },
    { HEAD "<device name='d' type='x' address='0x80000' irq='", " %d",
      "'/></master></soc>", "irq 240 of device 'd' is not a NVIC input" },
    { HEAD "<device name='d' type='x' address='0x80000'>",
      "<property name='p%d' value='%d'/>", "</device></master></soc>",
      "at most 64 are allowed" },
    { HEAD "<stub name='s' address='0x80000' size='0x100000'>",
      "<register offset='%d' value='%d'/>", "</stub></master></soc>",
      "at most 1024 are allowed" },
};

START_TEST(test_many_of_a_device_take_no_time)
{
    g_autofree char *xml = repeat(many[_i].head, many[_i].part, 3000,
                                  many[_i].tail);

    check_refused(xml, many[_i].message);
}
END_TEST

START_TEST(test_limits_of_what_is_parsed)
{
    g_autofree char *elements = repeat("<soc>", "<a/>", 16384, "</soc>");
    g_autofree char *attributes = repeat("<soc ", "a%d='' ", 65, "/>");
    g_autofree char *tag = repeat("<soc a='", "%d ", 5000, "'/>");
    g_autofree char *quoted = repeat("<soc>\n<!-- ", "<a>", 20000, "-->"
                                     "<![CDATA[ <<<< ]]><?a <<<<?></soc>");
    g_autofree char *hyphens = repeat("<soc>\n\n", "<!--", 250000, "");

    check_refused(elements, "more than the 16384 elements");
    check_refused(attributes, "more than the 64 attributes of an element");
    check_refused(tag, "more than the 16384 bytes in a tag");
    check_refused(quoted, "<soc> has no <name>");
    check_refused(hyphens, "(hostile.xml:3)");
}
END_TEST

/* A valid SoC also has to come out as domains and overlay. */
static void use(const HetSoc *soc)
{
    const HetDomxmlParams params = { .files.segment = "/s", .emulator = "/q" };
    g_autofree char *xml = het_soc_format(soc);
    g_autofree char *domain = het_domxml_format(soc, soc->master, &params);

    if (het_overlay_needed(soc)) {
        g_autoptr(GBytes) overlay = het_overlay_build(soc, NULL);

        ck_assert_ptr_nonnull(overlay);
    }
}

static void try_bytes(const char *xml, gsize len)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSoc) soc = parse(xml, len, &error);

    ck_assert_msg(!soc != !error, "SoC and error, or neither");
    if (soc) {
        use(soc);
    } else {
        ck_assert(g_utf8_validate(error->message, -1, NULL));
    }
}

START_TEST(test_damaged_bytes)
{
    const TestCase *test = valid->pdata[_i];
    gsize len = strlen(test->xml);
    int n_rounds = rounds();
    g_autoptr(GRand) rand = g_rand_new_with_seed(SEED + _i);

    for (int round = 0; round < n_rounds; round++) {
        g_autofree char *xml = g_memdup2(test->xml, len);
        int n = g_rand_int_range(rand, 1, 8);

        while (n--) {
            xml[g_rand_int_range(rand, 0, len)] = g_rand_int(rand);
        }
        try_bytes(xml, len);
        try_bytes(test->xml, g_rand_int_range(rand, 0, len));
    }
}
END_TEST

/* The end of the number that starts at @start, or NULL if none does. */
static const char *number_end(const char *start)
{
    const char *end = start;

    if (*start != '\'' || !g_ascii_isdigit(start[1])) {
        return NULL;
    }
    for (end = start + 1; *end != '\''; end++) {
        if (!g_ascii_isxdigit(*end) && *end != 'x') {
            return NULL;
        }
    }
    return end;
}

static char *replace_number(const char *xml, GRand *rand)
{
    static const char *const numbers[] = {
        "0", "1", "0x0", "0xfff", "0x1000", "4096", "0xfffff000",
        "0x100000000", "0xfffffffffffff000", "0xffffffffffffffff",
        "18446744073709551615", "18446744073709551616", "99999999999999999999",
        "0x7fffffffffffffff", "0x8000000000000000", "00000000000000000001",
        "0x", "-1", "", "1e3", "0x40000000", "0x10000000",
    };
    const char *number = numbers[g_rand_int_range(rand, 0,
                                                  G_N_ELEMENTS(numbers))];
    int skip = g_rand_int_range(rand, 0, 20);

    for (const char *p = xml; *p; p++) {
        const char *end = number_end(p);

        if (end && skip-- == 0) {
            return g_strdup_printf("%.*s%s%s", (int)(p + 1 - xml), xml,
                                   number, end);
        }
    }
    return g_strdup(xml);
}

START_TEST(test_odd_numbers)
{
    const TestCase *test = valid->pdata[_i];
    int n_rounds = rounds();
    g_autoptr(GRand) rand = g_rand_new_with_seed(SEED + _i);

    for (int round = 0; round < n_rounds; round++) {
        g_autofree char *once = replace_number(test->xml, rand);
        g_autofree char *twice = replace_number(once, rand);

        try_bytes(once, strlen(once));
        try_bytes(twice, strlen(twice));
    }
}
END_TEST

/* Lines are lost, doubled or exchanged: mostly well-formed, rarely a SoC. */
static char *damage_lines(const char *xml, GRand *rand)
{
    g_auto(GStrv) lines = g_strsplit(xml, "\n", -1);
    int n = g_strv_length(lines);
    int victim = g_rand_int_range(rand, 0, n);
    int other = g_rand_int_range(rand, 0, n);
    int kind = g_rand_int_range(rand, 0, 3);
    GString *out = g_string_new(NULL);

    for (int i = 0; i < n; i++) {
        const char *line = i == victim && kind ? lines[other] : lines[i];

        if (i == other && kind == 2) {
            line = lines[victim];
        }
        if (i != victim || kind) {
            g_string_append_printf(out, "%s\n", line);
        }
    }
    return g_string_free(out, FALSE);
}

START_TEST(test_damaged_lines)
{
    const TestCase *test = valid->pdata[_i];
    int n_rounds = rounds();
    g_autoptr(GRand) rand = g_rand_new_with_seed(SEED + _i);

    for (int round = 0; round < n_rounds; round++) {
        g_autofree char *once = damage_lines(test->xml, rand);
        g_autofree char *twice = damage_lines(once, rand);

        try_bytes(once, strlen(once));
        try_bytes(twice, strlen(twice));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile");
    TCase *tc = tcase_create("hostile");
    int status;

    valid = test_cases(FALSE);
    tcase_set_timeout(tc, 600);
    tcase_add_test(tc, test_dtd_is_refused);
    tcase_add_test(tc, test_xinclude_is_refused);
    tcase_add_test(tc, test_not_xml);
    tcase_add_test(tc, test_cut_tags);
    tcase_add_test(tc, test_huge_is_refused);
    tcase_add_test(tc, test_deep_is_refused);
    tcase_add_test(tc, test_limits_of_what_is_parsed);
    tcase_add_test(tc, test_many_elements_take_no_time);
    tcase_add_loop_test(tc, test_many_of_a_device_take_no_time, 0,
                        G_N_ELEMENTS(many));
    tcase_add_loop_test(tc, test_damaged_bytes, 0, valid->len);
    tcase_add_loop_test(tc, test_damaged_lines, 0, valid->len);
    tcase_add_loop_test(tc, test_odd_numbers, 0, valid->len);
    suite_add_tcase(suite, tc);
    status = test_run(suite);
    g_ptr_array_unref(valid);
    return status;
}
