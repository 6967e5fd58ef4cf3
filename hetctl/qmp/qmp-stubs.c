/*
 * QMP of one processor: what was accessed that is not modelled
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "qmp/qmp-internal.h"

static const char *const stub_types[] = { "stub", "unassigned", "core", NULL };

const char *het_stub_type_name(HetStubType type)
{
    return stub_types[type];
}

static void stub_free(gpointer data)
{
    HetStubInfo *stub = data;

    g_free(stub->id);
    g_array_unref(stub->accesses);
    g_free(stub);
}

static void parse_access(HetReply *r, JsonNode *node, HetStubInfo *stub)
{
    JsonObject *object = het_reply_object(r, node, "accesses");
    HetStubAccess access = {
        .address = het_reply_address(r, object, "address"),
        .reads = het_reply_uint(r, object, "reads", G_MAXUINT64),
        .writes = het_reply_uint(r, object, "writes", G_MAXUINT64),
    };

    access.has_pc = !r->error && json_object_has_member(object, "pc");
    if (access.has_pc) {
        access.pc = het_reply_address(r, object, "pc");
    }
    if (!r->error && json_object_has_member(object, "order")) {
        access.order = het_reply_uint(r, object, "order", G_MAXUINT64);
    }
    g_array_append_val(stub->accesses, access);
}

static gpointer parse_stub(HetReply *r, JsonNode *node)
{
    JsonObject *object = het_reply_object(r, node, "return");
    HetStubInfo *stub = g_new0(HetStubInfo, 1);
    JsonArray *array;
    guint n;

    stub->accesses = g_array_new(FALSE, TRUE, sizeof(HetStubAccess));
    stub->id = g_strdup(het_reply_string(r, object, "id"));
    stub->type = het_reply_enum(r, object, "type", stub_types);
    stub->address = het_reply_address(r, object, "addr");
    if (!r->error && json_object_has_member(object, "size")) {
        stub->size = het_reply_address(r, object, "size");
    }
    stub->dropped = het_reply_uint(r, object, "dropped", G_MAXUINT64);
    array = het_reply_array(r, het_reply_member(r, object, "accesses"),
                            "accesses");
    n = array ? json_array_get_length(array) : 0;
    for (guint i = 0; i < n && !r->error; i++) {
        parse_access(r, json_array_get_element(array, i), stub);
    }
    return stub;
}

GPtrArray *het_qmp_query_stubs(HetQmp *qmp, GError **error)
{
    return het_qmp_query_list(qmp, "query-stubs", parse_stub, stub_free,
                              error);
}
