/*
 * An emulator that answers anything, and sends any event
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "fuzz.h"

#include "qmp/event.h"
#include "qmp/json-text.h"
#include "qmp/qmp.h"

static char *answer(void *opaque, const char *command, int fd,
                    GError **error)
{
    return g_strdup(opaque);
}

static void check_lists(HetQmp *qmp)
{
    static GPtrArray *(*const queries[])(HetQmp *, GError **) = {
        het_qmp_query_idm, het_qmp_query_stubs, het_qmp_query_core,
    };

    for (gsize i = 0; i < G_N_ELEMENTS(queries); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) list = queries[i](qmp, &error);

        fuzz_assert_either(list, error);
    }
}

static void check_others(HetQmp *qmp)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) thread_error = NULL;
    g_autoptr(HetSlaveInfo) slave = het_qmp_query_slave(qmp, &error);
    guint64 thread = het_qmp_query_thread(qmp, &thread_error);

    fuzz_assert_either(slave, error);
    fuzz_assert_either(thread, thread_error);
    het_qmp_slave_reset(qmp, NULL);
}

/* What hetctl gdb asks */
static void check_debugger(HetQmp *qmp)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) open_error = NULL;
    g_autoptr(GError) close_error = NULL;
    g_autoptr(GError) left_error = NULL;
    g_auto(HetDebugger) debugger = { 0 };
    gboolean ok = het_qmp_query_debugger(qmp, &debugger, &error);
    gboolean opened = het_qmp_open_stub(qmp, "hetctl-gdb-7", -1, &open_error);
    gboolean closed = het_qmp_close_stub(qmp, &close_error);
    gboolean removed = het_qmp_remove_left_debuggers(qmp, &left_error);

    fuzz_assert_either(ok, error);
    fuzz_assert_either(opened, open_error);
    fuzz_assert_either(closed, close_error);
    fuzz_assert_either(removed, left_error);
    fuzz_assert(ok || !debugger.label);
}

static void check_event(const char *text)
{
    g_autoptr(JsonNode) node = het_json_parse(text);
    HetEvent event = { .soc = "s", .processor = "p", .name = "E" };
    g_autofree char *line = NULL;
    g_autofree char *json = NULL;

    if (!node || !JSON_NODE_HOLDS_OBJECT(node)) {
        return;
    }
    event.data = json_node_get_object(node);
    line = het_event_to_text(&event);
    json = het_event_to_json(&event);
    fuzz_assert(g_utf8_validate(line, -1, NULL));
    for (const char *c = line; *c; c++) {
        fuzz_assert(!g_ascii_iscntrl(*c));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const HetQmpTransport transport = { .send = answer };
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(HetQmp) qmp = het_qmp_new(&transport, text);

    check_lists(qmp);
    check_others(qmp);
    check_debugger(qmp);
    check_event(text);
    return 0;
}
