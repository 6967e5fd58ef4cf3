/*
 * QMP of one processor: what its cores do
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "qmp/qmp-internal.h"

static void register_clear(gpointer data)
{
    HetCoreRegister *reg = data;

    g_free(reg->name);
}

static void fault_free(HetCoreFault *fault)
{
    g_free(fault->exception);
    g_ptr_array_unref(fault->causes);
    g_array_unref(fault->registers);
    g_free(fault);
}

static void core_free(gpointer data)
{
    HetCoreInfo *core = data;

    g_free(core->exception);
    g_clear_pointer(&core->fault, fault_free);
    g_free(core);
}

static void parse_causes(HetReply *r, JsonObject *object, HetCoreFault *fault)
{
    JsonArray *array =
        het_reply_array(r, het_reply_member(r, object, "causes"), "causes");
    guint n = array ? json_array_get_length(array) : 0;

    for (guint i = 0; i < n && !r->error; i++) {
        const char *text =
            het_reply_text(r, json_array_get_element(array, i), "causes");

        g_ptr_array_add(fault->causes, g_strdup(text));
    }
}

static void parse_registers(HetReply *r, JsonObject *object,
                            HetCoreFault *fault)
{
    JsonArray *array =
        het_reply_array(r, het_reply_member(r, object, "registers"),
                        "registers");
    guint n = array ? json_array_get_length(array) : 0;

    for (guint i = 0; i < n && !r->error; i++) {
        JsonObject *item =
            het_reply_object(r, json_array_get_element(array, i),
                             "registers");
        HetCoreRegister reg = {
            .name = g_strdup(het_reply_string(r, item, "name")),
            .value = het_reply_address(r, item, "value"),
        };

        g_array_append_val(fault->registers, reg);
    }
}

static HetCoreFault *parse_fault(HetReply *r, JsonObject *core)
{
    JsonObject *object =
        het_reply_object(r, json_object_get_member(core, "fault"), "fault");
    HetCoreFault *fault = g_new0(HetCoreFault, 1);

    fault->causes = g_ptr_array_new_with_free_func(g_free);
    fault->registers = g_array_new(FALSE, TRUE, sizeof(HetCoreRegister));
    g_array_set_clear_func(fault->registers, register_clear);
    fault->exception = g_strdup(het_reply_string(r, object, "exception"));
    fault->pc = het_reply_address(r, object, "pc");
    fault->lr = het_reply_address(r, object, "lr");
    fault->repeats = het_reply_uint(r, object, "repeats", G_MAXUINT64);
    fault->stuck = het_reply_bool(r, object, "stuck");
    fault->has_address = !r->error && json_object_has_member(object,
                                                             "address");
    if (fault->has_address) {
        fault->address = het_reply_address(r, object, "address");
    }
    parse_causes(r, object, fault);
    parse_registers(r, object, fault);
    return fault;
}

static gpointer parse_core(HetReply *r, JsonNode *node)
{
    JsonObject *object = het_reply_object(r, node, "return");
    HetCoreInfo *core = g_new0(HetCoreInfo, 1);

    core->index = het_reply_uint(r, object, "cpu-index", G_MAXUINT);
    core->pc = het_reply_address(r, object, "pc");
    core->lr = het_reply_address(r, object, "lr");
    core->sp = het_reply_address(r, object, "sp");
    core->halted = het_reply_bool(r, object, "halted");
    core->exception = g_strdup(het_reply_string(r, object, "exception"));
    if (!r->error && json_object_has_member(object, "fault")) {
        core->fault = parse_fault(r, object);
    }
    return core;
}

GPtrArray *het_qmp_query_core(HetQmp *qmp, GError **error)
{
    return het_qmp_query_list(qmp, "query-core", parse_core, core_free,
                              error);
}
