/*
 * The fields that journald gets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "qmp/event-journal.h"

#include <string.h>

static const char *field(const HetEventFields *f, const char *name)
{
    gsize count;
    const GLogField *fields = het_event_fields_get(f, &count);

    for (gsize i = 0; i < count; i++) {
        if (!strcmp(fields[i].key, name)) {
            ck_assert_int_eq(fields[i].length, -1);
            return fields[i].value;
        }
    }
    return NULL;
}

/* @text: JSON with ' for " */
static HetEventFields *fields_of(const char *name, const char *text)
{
    g_autofree char *json = g_strdelimit(g_strdup(text), "'", '"');
    g_autoptr(JsonNode) node = json_from_string(json, NULL);
    HetEvent event = { .soc = "soc", .processor = "m4", .name = name,
                       .data = json_node_get_object(node) };

    return het_event_fields_new(&event);
}

START_TEST(test_fields)
{
    g_autoptr(HetEventFields) f =
        fields_of("SLAVE_CRASHED",
                  "{'reason': 'lockup', 'message': 'a\\nb', 'boot-nr': 7}");

    ck_assert_str_eq(field(f, "MESSAGE"),
                     "soc m4 SLAVE_CRASHED reason=lockup "
                     "message=\"a\\nb\" boot-nr=7");
    ck_assert_str_eq(field(f, "PRIORITY"), "3");
    ck_assert_str_eq(field(f, "SYSLOG_IDENTIFIER"), "hetctl");
    ck_assert_str_eq(field(f, "HETCTL_SOC"), "soc");
    ck_assert_str_eq(field(f, "HETCTL_PROCESSOR"), "m4");
    ck_assert_str_eq(field(f, "HETCTL_EVENT"), "SLAVE_CRASHED");
    ck_assert_str_eq(field(f, "HETCTL_DATA_REASON"), "lockup");
    ck_assert_str_eq(field(f, "HETCTL_DATA_MESSAGE"), "a\nb");
    ck_assert_str_eq(field(f, "HETCTL_DATA_BOOT_NR"), "7");
}
END_TEST

START_TEST(test_whole_soc)
{
    HetEvent event = { .soc = "soc", .name = "LIBVIRT_CONNECTED" };
    g_autoptr(HetEventFields) f = het_event_fields_new(&event);

    ck_assert_str_eq(field(f, "MESSAGE"), "soc - LIBVIRT_CONNECTED");
    ck_assert_str_eq(field(f, "PRIORITY"), "6");
    ck_assert_ptr_null(field(f, "HETCTL_PROCESSOR"));
}
END_TEST

/* Nothing that an emulator says is a field of journald's own. */
START_TEST(test_hostile)
{
    g_autoptr(GString) json = g_string_new("{'\xc3\xa4=\\n_PID': [1],");
    g_autoptr(HetEventFields) f = NULL;
    gsize count;
    const GLogField *fields;

    for (guint i = 0; i < 1000; i++) {
        g_string_append_printf(json, "'%0200u': 1,", i);
    }
    g_string_append(json, "'MESSAGE': 'x'}");
    f = fields_of("A_NEW_ONE", json->str);
    ck_assert_str_eq(field(f, "HETCTL_DATA______PID"), "[1]");
    fields = het_event_fields_get(f, &count);
    ck_assert_uint_le(count, 64);
    for (gsize i = 0; i < count; i++) {
        ck_assert_uint_le(strlen(fields[i].key), 64);
        ck_assert_uint_eq(strspn(fields[i].key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                "0123456789_"),
                          strlen(fields[i].key));
        ck_assert(fields[i].key[0] != '_');
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("event-journal");
    TCase *tc = tcase_create("event-journal");

    tcase_add_test(tc, test_fields);
    tcase_add_test(tc, test_whole_soc);
    tcase_add_test(tc, test_hostile);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
