/*
 * Members of a JSON reply that is not trusted
 *
 * A reader is passed through a row of calls; the first thing that is wrong
 * sets its error, later calls then return 0 or NULL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_REPLY_H
#define HET_REPLY_H

#include <glib.h>
#include <json-glib/json-glib.h>

typedef struct {
    const char *command;        /* for messages */
    GError *error;
} HetReply;

JsonObject *het_reply_object(HetReply *r, JsonNode *node, const char *what);
JsonArray *het_reply_array(HetReply *r, JsonNode *node, const char *what);

JsonNode *het_reply_member(HetReply *r, JsonObject *object, const char *name);
guint64 het_reply_uint(HetReply *r, JsonObject *object, const char *name,
                       guint64 max);
/* In all 64 bits: json-glib shows the upper half as negative. */
guint64 het_reply_address(HetReply *r, JsonObject *object, const char *name);
gboolean het_reply_bool(HetReply *r, JsonObject *object, const char *name);
const char *het_reply_string(HetReply *r, JsonObject *object,
                             const char *name);
/* @node itself is a string; @what: where it stands */
const char *het_reply_text(HetReply *r, JsonNode *node, const char *what);
/* One of @names, which ends with NULL; its index */
int het_reply_enum(HetReply *r, JsonObject *object, const char *name,
                   const char *const *names);

#endif
