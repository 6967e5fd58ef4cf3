/*
 * What the commands of a slave's life take and print
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <string.h>

#include "run/firmware-answer.h"
#include "data.h"
#include "domain/monitor.h"
#include "qmp/event.h"
#include "run/watch.h"
#include "util/fault.h"

static JsonObject *parse(const char *text)
{
    g_autoptr(JsonNode) node = json_from_string(text, NULL);

    return json_object_ref(json_node_get_object(node));
}

static HetEvent event_of(JsonObject *data)
{
    return (HetEvent) {
        .time_us = G_GINT64_CONSTANT(1700000000000042),
        .soc = "soc",
        .processor = "m4",
        .name = "SLAVE_CRASHED",
        .data = data,
    };
}

START_TEST(test_event_is_a_line_of_words)
{
    g_autoptr(JsonObject) data =
        parse("{\"reason\": \"lockup\", \"n\": 3, \"empty\": \"\", "
              "\"message\": \"two \\n\\\"words\\\"\", \"a\": \"b=c\"}");
    const HetEvent event = event_of(data);
    g_autofree char *text = het_event_to_text(&event);

    ck_assert_str_eq(text, "2023-11-14T22:13:20.000042Z m4 SLAVE_CRASHED "
                     "reason=lockup n=3 empty=\"\" "
                     "message=\"two \\n\\\"words\\\"\" a=\"b=c\"");
}
END_TEST

START_TEST(test_event_without_data)
{
    HetEvent event = event_of(NULL);
    g_autofree char *json = NULL;
    g_autofree char *text = NULL;

    event.processor = NULL;
    text = het_event_to_text(&event);
    ck_assert_str_eq(text, "2023-11-14T22:13:20.000042Z - SLAVE_CRASHED");
    json = het_event_to_json(&event);
    ck_assert_str_eq(json, "{\"time\":\"2023-11-14T22:13:20.000042Z\","
                     "\"soc\":\"soc\",\"processor\":null,"
                     "\"event\":\"SLAVE_CRASHED\",\"data\":{}}");
}
END_TEST

static const HetSoc *soc;

static const struct {
    const char *text;
    guint64 offset;             /* G_MAXUINT64: refused */
    guint32 value;
} answers[] = {
    { "0x20000204=0x41564c53", 0x200204, 0x41564c53 },
    { "536870912=7", 0x200000, 7 },
    { "0x2000fffc=4294967295", 0x20fffc, G_MAXUINT32 },
    { "0x20010000=1", G_MAXUINT64, 0 },
    { "0x1ffffffc=1", G_MAXUINT64, 0 },
    { "0x20000001=1", G_MAXUINT64, 0 },
    { "0x20000000=4294967296", G_MAXUINT64, 0 },
    { "0x20000000=", G_MAXUINT64, 0 },
    { "0x20000000", G_MAXUINT64, 0 },
    { "=1", G_MAXUINT64, 0 },
    { "0x=1", G_MAXUINT64, 0 },
    { "-4=1", G_MAXUINT64, 0 },
    { "", G_MAXUINT64, 0 },
};

START_TEST(test_answer)
{
    const HetProcessor *slave = het_soc_find_processor(soc, "restarts");
    g_autoptr(GError) error = NULL;
    HetFirmwareAnswer answer;
    gboolean ok = het_firmware_answer_parse(&answer, soc, slave,
                                            answers[_i].text, &error);

    if (answers[_i].offset == G_MAXUINT64) {
        ck_assert_msg(!ok, "%s is taken", answers[_i].text);
        ck_assert(g_error_matches(error, HET_ERROR, HET_ERROR_USAGE));
        return;
    }
    ck_assert_msg(ok, "%s: %s", answers[_i].text, ok ? "" : error->message);
    ck_assert_uint_eq(answer.offset, answers[_i].offset);
    ck_assert_uint_eq(answer.value, answers[_i].value);
}
END_TEST

START_TEST(test_fault_is_at_its_step_only)
{
    g_autoptr(GError) error = NULL;

    g_setenv("HETCTL_FAULT", "fail:links", TRUE);
    ck_assert(!het_fault("link", &error));
    ck_assert(!het_fault("links2", &error));
    ck_assert(het_fault("links", &error));
    ck_assert(strstr(error->message, "links") != NULL);
    g_setenv("HETCTL_FAULT", "links", TRUE);
    ck_assert(!het_fault("links", NULL));
    g_unsetenv("HETCTL_FAULT");
    ck_assert(!het_fault("links", NULL));
}
END_TEST

START_TEST(test_watch_wants_what_it_can_serve)
{
    g_autoptr(HetWatch) watch = het_watch_new(NULL, "soc");
    HetEvent event = event_of(NULL);

    ck_assert(het_watch_wants(watch, &event));
    event.name = "IDM_PEER_LOST";
    ck_assert(het_watch_wants(watch, &event));
    event.name = "DOMAIN_STOPPED";
    ck_assert(het_watch_wants(watch, &event));
    event.name = "IDM_CONNECTED";
    ck_assert(!het_watch_wants(watch, &event));
    event.name = "WATCH_ATTACHED";
    ck_assert(!het_watch_wants(watch, &event));
}
END_TEST

static HetSoc *load_soc(void)
{
    g_autoptr(GPtrArray) cases = test_cases(FALSE);

    for (guint i = 0; i < cases->len; i++) {
        const TestCase *test = g_ptr_array_index(cases, i);

        if (!strcmp(test->name, "life")) {
            return test_parse(test, NULL);
        }
    }
    g_error("there is no life.xml");
}

int main(void)
{
    g_autoptr(HetSoc) loaded = load_soc();
    Suite *suite = suite_create("life");
    TCase *tc = tcase_create("life");

    soc = loaded;
    tcase_add_test(tc, test_event_is_a_line_of_words);
    tcase_add_test(tc, test_event_without_data);
    tcase_add_loop_test(tc, test_answer, 0, G_N_ELEMENTS(answers));
    tcase_add_test(tc, test_fault_is_at_its_step_only);
    tcase_add_test(tc, test_watch_wants_what_it_can_serve);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
