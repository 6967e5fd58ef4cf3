/*
 * SoCs out of the metadata of domains, on libvirt's own test driver
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/conn.h"
#include "data.h"
#include "domain/define.h"
#include "domain/defined.h"
#include "domain/identity.h"
#include "util/error.h"

#include <libvirt/virterror.h>
#include <string.h>

#define SOC(name) \
    "<soc><name>" name "</name>" \
    "<memory name='code' unit='KiB'>64</memory>" \
    "<master name='m33'><os><type arch='armv7l' machine='het-m'/>" \
    "<kernel>/k.elf</kernel></os><cpu><model>cortex-m33</model></cpu>" \
    "<map memory='code' address='0x0'/></master>" \
    "<slave name='m4'><os><type arch='armv7l' machine='het-m'/></os>" \
    "<cpu><model>cortex-m4</model></cpu><boot control='host'/>" \
    "<map memory='code' address='0x0'/></slave></soc>"

#define META(content) "<metadata>" content "</metadata>"
#define MASTER(soc, content) \
    META("<het:master xmlns:het='" HET_SOC_NAMESPACE "' soc='" soc "'>" \
         content "</het:master>")
#define SLAVE(soc) \
    META("<het:slave xmlns:het='" HET_SOC_NAMESPACE "' soc='" soc "' " \
         "master='" soc ".m33'/>")

static virConnectPtr conn;

static void silent(void *opaque, virErrorPtr error)
{
}

static void setup(void)
{
    virSetErrorFunc(NULL, silent);
    conn = virConnectOpen("test:///default");
    ck_assert_ptr_nonnull(conn);
}

/* The driver may keep what it has from one connection to the next. */
static void remove_all(void)
{
    virDomainPtr *domains = NULL;
    int n = virConnectListAllDomains(conn, &domains, 0);

    ck_assert_int_ge(n, 0);
    for (int i = 0; i < n; i++) {
        virDomainDestroy(domains[i]);
        virDomainUndefine(domains[i]);
        virDomainFree(domains[i]);
    }
    g_free(domains);
}

static void teardown(void)
{
    remove_all();
    /* A domain that somebody keeps would keep the connection. */
    ck_assert_int_eq(virConnectClose(conn), 0);
}

static void add_domain(const char *name, const char *metadata)
{
    g_autofree char *xml =
        g_strdup_printf("<domain type='test'><name>%s</name>%s"
                        "<memory>1024</memory><os><type>hvm</type></os>"
                        "</domain>", name, metadata);
    g_autoptr(HetDomain) domain = virDomainDefineXML(conn, xml);

    ck_assert_msg(domain != NULL, "%s", virGetLastErrorMessage());
}

static void start_domain(const char *name)
{
    g_autoptr(HetDomain) domain = virDomainLookupByName(conn, name);

    ck_assert_int_eq(virDomainCreate(domain), 0);
}

static void assert_code(const GError *error, int code, const char *text)
{
    ck_assert_ptr_nonnull(error);
    ck_assert_int_eq(error->code, code);
    ck_assert_msg(strstr(error->message, text) != NULL, "'%s' not in '%s'",
                  text, error->message);
}

START_TEST(test_other_domains_are_no_soc)
{
    g_autoptr(GPtrArray) list = NULL;

    add_domain("plain", "");
    add_domain("foreign", META("<x:master xmlns:x='urn:x' soc='a'/>"));
    add_domain("other.m33", MASTER("a", SOC("a")));
    add_domain("a", MASTER("a", SOC("a")));
    add_domain("a.", MASTER("a", SOC("a")));
    add_domain("b.m33", META("<het:master xmlns:het='" HET_SOC_NAMESPACE
                             "'/>"));
    list = het_defined_list(conn, NULL);
    ck_assert_uint_eq(list->len, 0);
}
END_TEST

static void add_renamed(const char *name, const char *soc,
                        const char *processor, const char *metadata)
{
    g_autofree char *uuid = het_identity_uuid(soc, processor);
    g_autofree char *text = g_strdup_printf("<uuid>%s</uuid>%s", uuid,
                                            metadata);

    add_domain(name, text);
}

#define PART(kind, soc, processor) \
    META("<het:" kind " xmlns:het='" HET_SOC_NAMESPACE "' soc='" soc "' " \
         "processor='" processor "'/>")

START_TEST(test_renamed_domain_is_found_by_uuid)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HetDefined) defined = NULL;
    const HetPart *part;

    add_domain("s.m33", MASTER("s", SOC("s")));
    add_renamed("other", "s", "m4", PART("slave", "s", "m4"));
    defined = het_defined_find(conn, "s", NULL);
    part = het_defined_slave(defined, "m4", NULL);
    ck_assert_str_eq(virDomainGetName(part->domain), "other");
    ck_assert(part->is_renamed);
    ck_assert(!het_defined_check_whole(defined, &error));
    assert_code(error, HET_ERROR_STATE, "'virsh domrename other s.m4'");
}
END_TEST

#define MEMORY(path) \
    META("<het:slave xmlns:het='" HET_SOC_NAMESPACE "' soc='s' " \
         "processor='m4' owner='1' segment='" path "'/>")

START_TEST(test_memory_is_where_the_domain_says)
{
    g_autoptr(HetDefined) defined = NULL;

    add_domain("s.m4", MEMORY("/dev/shm/hetctl-s-1"));
    defined = het_defined_find(conn, "s", NULL);
    ck_assert_str_eq(defined->segment, "/dev/shm/hetctl-s-1");
    ck_assert_str_eq(defined->owner, "1");
}
END_TEST

/* Who may use the connection can write metadata, and it is removed as root. */
START_TEST(test_memory_elsewhere_is_not_believed)
{
    g_autoptr(HetDefined) defined = NULL;

    add_domain("s.m4", MEMORY("/etc/passwd"));
    defined = het_defined_find(conn, "s", NULL);
    ck_assert_ptr_null(defined->segment);
}
END_TEST

/* A copy has another UUID, whatever it is called. */
START_TEST(test_copies_are_no_part)
{
    g_autoptr(HetDefined) defined = NULL;
    const HetPart *part;

    add_domain("s.m33", MASTER("s", SOC("s")));
    add_domain("copy", PART("slave", "s", "m4"));
    add_domain("s.m5", PART("slave", "s", "m4"));
    add_renamed("renamed", "s", "m4", PART("slave", "s", "m4"));
    add_domain("s.m4", PART("slave", "s", "m4"));
    defined = het_defined_find_whole(conn, "s", NULL);
    ck_assert_uint_eq(defined->parts->len, 2);
    part = het_defined_slave(defined, "m4", NULL);
    ck_assert_str_eq(virDomainGetName(part->domain), "s.m4");
    ck_assert(!part->is_renamed);
}
END_TEST

START_TEST(test_list_is_sorted_and_complete)
{
    g_autoptr(GPtrArray) list = NULL;
    const HetDefined *defined;
    const HetPart *part;

    add_domain("zoo.m4", SLAVE("zoo"));
    add_domain("zoo.m33", MASTER("zoo", SOC("zoo")));
    add_domain("ape.m33", MASTER("ape", SOC("ape")));
    add_domain("ape.m4", SLAVE("ape"));
    list = het_defined_list(conn, NULL);
    ck_assert_uint_eq(list->len, 2);
    defined = g_ptr_array_index(list, 0);
    ck_assert_str_eq(defined->name, "ape");
    defined = g_ptr_array_index(list, 1);
    ck_assert_str_eq(defined->name, "zoo");
    ck_assert_ptr_nonnull(defined->soc);
    ck_assert_uint_eq(defined->parts->len, 2);
    part = het_defined_master(defined);
    ck_assert_str_eq(part->name, "m33");
    ck_assert(!het_part_is_active(part));
    ck_assert_str_eq(het_part_state_name(part), "shut off");
    ck_assert_int_eq(het_defined_state(defined), HET_RUN_OFF);
}
END_TEST

START_TEST(test_running_needs_all_and_the_mark)
{
    g_autoptr(HetDefined) half = NULL;
    g_autoptr(HetDefined) unmarked = NULL;
    g_autoptr(HetDefined) whole = NULL;
    g_autoptr(HetDefined) broken = NULL;
    g_autoptr(HetDomain) slave = NULL;

    add_domain("s.m33", MASTER("s", SOC("s")));
    add_domain("s.m4", SLAVE("s"));
    start_domain("s.m33");
    half = het_defined_find(conn, "s", NULL);
    ck_assert_int_eq(het_defined_state(half), HET_RUN_PARTIAL);
    start_domain("s.m4");
    unmarked = het_defined_find(conn, "s", NULL);
    ck_assert(!unmarked->started);
    ck_assert_int_eq(het_defined_state(unmarked), HET_RUN_PARTIAL);
    unmarked->identity = g_strdup("25:17");
    unmarked->recorders = g_strdup("m33=25:18 m4=25:19");
    unmarked->demand = g_strdup("25:20");
    ck_assert(het_defined_mark_started(unmarked, NULL));
    whole = het_defined_find(conn, "s", NULL);
    ck_assert(whole->started);
    ck_assert_str_eq(whole->identity, "25:17");
    ck_assert_str_eq(whole->recorders, "m33=25:18 m4=25:19");
    ck_assert_str_eq(whole->demand, "25:20");
    ck_assert_ptr_null(whole->image);
    ck_assert_int_eq(het_defined_state(whole), HET_RUN_RUNNING);
    slave = virDomainLookupByName(conn, "s.m4");
    ck_assert_int_eq(virDomainDestroy(slave), 0);
    broken = het_defined_find(conn, "s", NULL);
    ck_assert(broken->started);
    ck_assert_int_eq(het_defined_state(broken), HET_RUN_PARTIAL);
}
END_TEST

START_TEST(test_find_says_what_is_missing)
{
    g_autoptr(GError) none = NULL;
    g_autoptr(GError) master = NULL;
    g_autoptr(GError) slave = NULL;
    g_autoptr(GError) stored = NULL;

    add_domain("orphan.m4", SLAVE("orphan"));
    add_domain("single.m33", MASTER("single", SOC("single")));
    add_domain("old.m33", MASTER("old", "<soc><new/></soc>"));
    ck_assert_ptr_null(het_defined_find(conn, "nix", &none));
    assert_code(none, HET_ERROR_NOT_FOUND, "no soc 'nix'");
    ck_assert_ptr_null(het_defined_find_whole(conn, "orphan", &master));
    assert_code(master, HET_ERROR_STATE, "has no master");
    ck_assert_ptr_null(het_defined_find_whole(conn, "single", &slave));
    assert_code(slave, HET_ERROR_STATE, "lost the domain of 'm4'");
    ck_assert_ptr_null(het_defined_find_whole(conn, "old", &stored));
    assert_code(stored, HET_ERROR_XML, "stored XML of soc 'old'");
}
END_TEST

START_TEST(test_parts_by_name)
{
    g_autoptr(HetDefined) defined = NULL;
    g_autoptr(GError) none = NULL;
    g_autoptr(GError) master = NULL;

    add_domain("s.m33", MASTER("s", SOC("s")));
    add_domain("s.m4", SLAVE("s"));
    defined = het_defined_find_whole(conn, "s", NULL);
    ck_assert_ptr_nonnull(het_defined_part(defined, "m33", NULL));
    ck_assert_ptr_nonnull(het_defined_slave(defined, "m4", NULL));
    ck_assert_ptr_null(het_defined_part(defined, "m7", &none));
    assert_code(none, HET_ERROR_NOT_FOUND, "no processor 'm7'");
    ck_assert_ptr_null(het_defined_slave(defined, "m33", &master));
    assert_code(master, HET_ERROR_NOT_FOUND, "is the master");
}
END_TEST

START_TEST(test_only_qemu_is_taken)
{
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(het_conn_open("test:///default", &error));
    assert_code(error, HET_ERROR_LIBVIRT, "driver 'TEST', need QEMU");
}
END_TEST

START_TEST(test_dac_labels)
{
    guint uid = 0, gid = 0;

    ck_assert(het_conn_parse_dac_label("+64055:+106", &uid, &gid));
    ck_assert_uint_eq(uid, 64055);
    ck_assert_uint_eq(gid, 106);
    ck_assert(het_conn_parse_dac_label("1:2", &uid, &gid));
    ck_assert(!het_conn_parse_dac_label("", &uid, &gid));
    ck_assert(!het_conn_parse_dac_label("1", &uid, &gid));
    ck_assert(!het_conn_parse_dac_label("1:", &uid, &gid));
    ck_assert(!het_conn_parse_dac_label("root:root", &uid, &gid));
    ck_assert(!het_conn_parse_dac_label("-1:0", &uid, &gid));
    ck_assert(!het_conn_parse_dac_label("4294967295:0", &uid, &gid));
    ck_assert(!het_conn_parse_dac_label("1:2:3", &uid, &gid));
}
END_TEST

START_TEST(test_uuids_are_stable_and_distinct)
{
    g_autoptr(HetSoc) a = het_soc_parse_string(SOC("a"), -1, "/", "a", NULL);
    g_autoptr(HetSoc) b = het_soc_parse_string(SOC("b"), -1, "/", "b", NULL);
    const HetProcessor *m4 = het_soc_find_processor(a, "m4");
    g_autofree char *once = het_define_uuid(a, m4);
    g_autofree char *again = het_define_uuid(a, m4);
    g_autofree char *master = het_define_uuid(a, a->master);
    g_autofree char *other = het_define_uuid(b, m4);

    ck_assert(g_uuid_string_is_valid(once));
    ck_assert_str_eq(once, again);
    ck_assert_str_ne(once, master);
    ck_assert_str_ne(once, other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("defined");
    TCase *tests = tcase_create("metadata");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_other_domains_are_no_soc);
    tcase_add_test(tests, test_renamed_domain_is_found_by_uuid);
    tcase_add_test(tests, test_memory_is_where_the_domain_says);
    tcase_add_test(tests, test_memory_elsewhere_is_not_believed);
    tcase_add_test(tests, test_copies_are_no_part);
    tcase_add_test(tests, test_list_is_sorted_and_complete);
    tcase_add_test(tests, test_running_needs_all_and_the_mark);
    tcase_add_test(tests, test_find_says_what_is_missing);
    tcase_add_test(tests, test_parts_by_name);
    tcase_add_test(tests, test_only_qemu_is_taken);
    tcase_add_test(tests, test_dac_labels);
    tcase_add_test(tests, test_uuids_are_stable_and_distinct);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
