/*
 * Domain XML: each processor of each valid data file, against
 * tests/data/domain/domxml/SOC.PROC.xml
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "domain/domxml.h"
#include "soc/xml.h"

static GPtrArray *valid;

static const HetDomxmlParams params = {
    .files = {
        .segment = "/dev/shm/hetctl-soc-0",
        .overlay = "/dev/shm/hetctl-soc-0.dtbo",
        .initrd = "/dev/shm/hetctl-soc-0.initrd",
        .kernel = "/dev/shm/hetctl-soc-0.kernel",
        .ticket = "/dev/shm/hetctl-soc-0: run 'hetctl start soc'",
    },
    .emulator = "/usr/libexec/hetctl/qemu-system",
    .log_folder = "/var/log/libvirt/qemu",
};

static void check_processor(const TestCase *test, const HetSoc *soc,
                            const HetProcessor *proc)
{
    g_autofree char *xml = het_domxml_format(soc, proc, &params);
    g_autofree char *file = g_strdup_printf("%s.%s.xml", test->name,
                                            proc->name);

    test_compare(xml, "domain/domxml", file);
}

START_TEST(test_domain_xml_as_expected)
{
    const TestCase *test = valid->pdata[_i];
    g_autoptr(HetSoc) soc = test_parse_valid(test);

    check_processor(test, soc, soc->master);
    for (guint i = 0; i < soc->slaves->len; i++) {
        check_processor(test, soc, soc->slaves->pdata[i]);
    }
}
END_TEST

static xmlNode *find_soc(xmlNode *node)
{
    if (het_xml_is(node, "soc")) {
        return node;
    }
    HET_XML_FOREACH(child, node) {
        xmlNode *found = find_soc(child);

        if (found) {
            return found;
        }
    }
    return NULL;
}

/* libvirt is the database: what it keeps must give the SoC back. */
START_TEST(test_metadata_gives_the_soc_back)
{
    const TestCase *test = valid->pdata[_i];
    g_autoptr(HetSoc) soc = test_parse_valid(test);
    g_autofree char *expected = het_soc_format(soc);
    g_autofree char *xml = het_domxml_format(soc, soc->master, &params);
    /* libvirt's document: what hetctl's own are limited to is not for it. */
    g_autoptr(xmlDoc) doc = xmlReadMemory(xml, strlen(xml), "domain", NULL, 0);
    xmlBuffer *buffer = xmlBufferCreate();
    TestCase kept = { .path = "kept.xml" };
    g_autoptr(HetSoc) copy = NULL;
    g_autofree char *actual = NULL;

    ck_assert_ptr_nonnull(doc);
    xmlNodeDump(buffer, doc, find_soc(xmlDocGetRootElement(doc)), 0, 1);
    kept.xml = (char *)xmlBufferContent(buffer);
    copy = test_parse_valid(&kept);
    actual = het_soc_format(copy);
    ck_assert_str_eq(actual, expected);
    xmlBufferFree(buffer);
}
END_TEST

static char *format_first(const HetDomxmlParams *p)
{
    g_autoptr(HetSoc) soc = test_parse_valid(valid->pdata[0]);

    return het_domxml_format(soc, soc->master, p);
}

START_TEST(test_uuid_and_seclabels)
{
    static const char *const none[] = { "apparmor", NULL };
    const HetDomxmlParams p = {
        .files.segment = "/dev/shm/a,b", .emulator = "/q",
        .uuid = "b9ccb8ec-1b11-4ec5-a1b0-7a1a2d2ccb5f",
        .seclabel_none = none, .dac_label = "+0:+0",
    };
    g_autofree char *xml = format_first(&p);

    ck_assert_ptr_nonnull(strstr(
        xml, "<uuid>b9ccb8ec-1b11-4ec5-a1b0-7a1a2d2ccb5f</uuid>"));
    ck_assert_ptr_nonnull(strstr(
        xml, "<seclabel type='none' model='apparmor'/>"));
    ck_assert_ptr_nonnull(strstr(xml, "<label>+0:+0</label>"));
    ck_assert_ptr_nonnull(strstr(xml, "mem-path=/dev/shm/a,,b,share=on"));
}
END_TEST

START_TEST(test_emulator_names)
{
    ck_assert_str_eq(het_domxml_emulator_name("armv7l"), "qemu-system-arm");
    ck_assert_str_eq(het_domxml_emulator_name("riscv64"),
                     "qemu-system-riscv64");
    ck_assert_ptr_null(het_domxml_emulator_name("vax"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("domxml");
    TCase *tc = tcase_create("domxml");
    int status;

    valid = test_cases(FALSE);
    tcase_add_loop_test(tc, test_domain_xml_as_expected, 0, valid->len);
    tcase_add_loop_test(tc, test_metadata_gives_the_soc_back, 0, valid->len);
    tcase_add_test(tc, test_uuid_and_seclabels);
    tcase_add_test(tc, test_emulator_names);
    suite_add_tcase(suite, tc);
    status = test_run(suite);
    g_ptr_array_unref(valid);
    return status;
}
