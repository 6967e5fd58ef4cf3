/*
 * QMP of one processor: memory that comes when it is first used
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "qmp/qmp-internal.h"

#define FDNAME_MEMORY "het-memory"
#define FDNAME_MAP "het-map"
#define FDNAME_IMAGE "het-image"

static gboolean get_fds(HetQmp *qmp, int memory, int map, int image,
                        GError **error)
{
    return het_qmp_getfd(qmp, FDNAME_MEMORY, memory, error) &&
           het_qmp_getfd(qmp, FDNAME_MAP, map, error) &&
           (image < 0 || het_qmp_getfd(qmp, FDNAME_IMAGE, image, error));
}

static JsonObject *arguments(int image, guint reserve)
{
    JsonObject *args = json_object_new();

    json_object_set_string_member(args, "memory", FDNAME_MEMORY);
    json_object_set_string_member(args, "map", FDNAME_MAP);
    if (image >= 0) {
        json_object_set_string_member(args, "image", FDNAME_IMAGE);
    }
    json_object_set_int_member(args, "reserve", reserve);
    return args;
}

gboolean het_qmp_memory_demand(HetQmp *qmp, int memory, int map, int image,
                               guint reserve, GError **error)
{
    HetReply r = { .command = "memory-demand" };
    g_autoptr(JsonNode) value = NULL;

    if (get_fds(qmp, memory, map, image, error)) {
        value = het_qmp_execute(qmp, &r, arguments(image, reserve), -1);
        if (!value) {
            g_propagate_error(error, r.error);
        }
    }
    if (!value) {
        /* Nothing may keep them open; most failures have closed some. */
        het_qmp_closefd(qmp, FDNAME_MEMORY, NULL);
        het_qmp_closefd(qmp, FDNAME_MAP, NULL);
        het_qmp_closefd(qmp, FDNAME_IMAGE, NULL);
    }
    return value != NULL;
}

gboolean het_qmp_query_memory_demand(HetQmp *qmp, HetMemoryDemand *demand,
                                     GError **error)
{
    HetReply r = { .command = "query-memory-demand" };
    g_autoptr(JsonNode) value = het_qmp_execute(qmp, &r, NULL, -1);
    JsonObject *object = value ? het_reply_object(&r, value, "return") : NULL;

    *demand = (HetMemoryDemand) { 0 };
    if (object) {
        demand->is_enabled = het_reply_bool(&r, object, "enabled");
        demand->is_exhausted = het_reply_bool(&r, object, "exhausted");
        demand->filled = het_reply_uint(&r, object, "filled", G_MAXINT64);
    }
    if (r.error) {
        g_propagate_error(error, r.error);
        return FALSE;
    }
    return TRUE;
}
