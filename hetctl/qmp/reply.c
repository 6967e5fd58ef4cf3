/*
 * Members of a JSON reply that is not trusted
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "qmp/reply.h"

#include "util/error.h"

static void wrong(HetReply *r, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void wrong(HetReply *r, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    if (r->error) {
        return;
    }
    va_start(ap, format);
    text = g_strdup_vprintf(format, ap);
    va_end(ap);
    r->error = g_error_new(HET_ERROR, HET_ERROR_FAILED,
                           "unexpected reply to '%s': %s", r->command, text);
}

JsonObject *het_reply_object(HetReply *r, JsonNode *node, const char *what)
{
    if (r->error) {
        return NULL;
    }
    if (!node || !JSON_NODE_HOLDS_OBJECT(node)) {
        wrong(r, "'%s' is not an object", what);
        return NULL;
    }
    return json_node_get_object(node);
}

JsonArray *het_reply_array(HetReply *r, JsonNode *node, const char *what)
{
    if (r->error) {
        return NULL;
    }
    if (!node || !JSON_NODE_HOLDS_ARRAY(node)) {
        wrong(r, "'%s' is not an array", what);
        return NULL;
    }
    return json_node_get_array(node);
}

JsonNode *het_reply_member(HetReply *r, JsonObject *object, const char *name)
{
    JsonNode *node;

    if (r->error) {
        return NULL;
    }
    node = json_object_get_member(object, name);
    if (!node) {
        wrong(r, "member '%s' is missing", name);
    }
    return node;
}

static JsonNode *member_of_type(HetReply *r, JsonObject *object,
                                const char *name, GType type,
                                const char *type_name)
{
    JsonNode *node = het_reply_member(r, object, name);

    if (!node) {
        return NULL;
    }
    if (!JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != type) {
        wrong(r, "member '%s' is not a %s", name, type_name);
        return NULL;
    }
    return node;
}

guint64 het_reply_uint(HetReply *r, JsonObject *object, const char *name,
                       guint64 max)
{
    JsonNode *node = member_of_type(r, object, name, G_TYPE_INT64,
                                    "whole number");
    gint64 value;

    if (!node) {
        return 0;
    }
    /* het_json_parse() shows everything past G_MAXINT64 as negative */
    value = json_node_get_int(node);
    if (value < 0 || (guint64)value > max) {
        wrong(r, "member '%s' is out of range", name);
        return 0;
    }
    return value;
}

guint64 het_reply_address(HetReply *r, JsonObject *object, const char *name)
{
    JsonNode *node = member_of_type(r, object, name, G_TYPE_INT64,
                                    "whole number");

    return node ? (guint64)json_node_get_int(node) : 0;
}

gboolean het_reply_bool(HetReply *r, JsonObject *object, const char *name)
{
    JsonNode *node = member_of_type(r, object, name, G_TYPE_BOOLEAN,
                                    "boolean");

    return node && json_node_get_boolean(node);
}

const char *het_reply_string(HetReply *r, JsonObject *object,
                             const char *name)
{
    JsonNode *node = member_of_type(r, object, name, G_TYPE_STRING, "string");

    return node ? json_node_get_string(node) : NULL;
}

const char *het_reply_text(HetReply *r, JsonNode *node, const char *what)
{
    if (r->error) {
        return NULL;
    }
    if (!node || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_STRING) {
        wrong(r, "'%s' has something that is not a string", what);
        return NULL;
    }
    return json_node_get_string(node);
}

int het_reply_enum(HetReply *r, JsonObject *object, const char *name,
                   const char *const *names)
{
    const char *value = het_reply_string(r, object, name);

    if (!value) {
        return 0;
    }
    for (int i = 0; names[i]; i++) {
        if (!strcmp(value, names[i])) {
            return i;
        }
    }
    wrong(r, "member '%s' has the unknown value '%s'", name, value);
    return 0;
}
