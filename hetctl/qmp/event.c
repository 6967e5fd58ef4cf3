/*
 * Something that happened in a SoC, as a line for people or as JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "qmp/event.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/error.h"
#include "util/text.h"

static char *time_text(gint64 time_us)
{
    g_autoptr(GDateTime) seconds =
        g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);
    g_autofree char *text = g_date_time_format(seconds, "%Y-%m-%dT%H:%M:%S");

    return g_strdup_printf("%s.%06dZ", text,
                           (int)(time_us % G_USEC_PER_SEC));
}

static gboolean is_word(const char *text)
{
    g_autofree char *printable = het_text_printable(text);

    return *text && !strpbrk(text, " \"=\\") && g_str_equal(text, printable);
}

/* Words as they are, all else as JSON has it: a value has no blanks then. */
static char *value_text(JsonNode *node)
{
    const char *text = JSON_NODE_HOLDS_VALUE(node)
                       ? json_node_get_string(node) : NULL;

    g_autofree char *json = NULL;

    if (text && is_word(text)) {
        return g_strdup(text);
    }
    json = json_to_string(node, FALSE);
    return het_text_printable(json);
}

static void add_member(JsonObject *object, const char *name, JsonNode *node,
                       gpointer opaque)
{
    g_autofree char *value = value_text(node);
    g_autofree char *printable = het_text_printable(name);

    g_string_append_printf(opaque, " %s=%s", printable, value);
}

char *het_event_to_text(const HetEvent *event)
{
    g_autofree char *when = time_text(event->time_us);
    GString *line = g_string_new(NULL);

    g_string_append_printf(line, "%s %s %s", when, event->processor ?: "-",
                           event->name);
    if (event->data) {
        json_object_foreach_member(event->data, add_member, line);
    }
    return g_string_free(line, FALSE);
}

char *het_event_to_json(const HetEvent *event)
{
    g_autofree char *when = time_text(event->time_us);
    g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();

    json_node_take_object(root, object);
    json_object_set_string_member(object, "time", when);
    json_object_set_string_member(object, "soc", event->soc);
    if (event->processor) {
        json_object_set_string_member(object, "processor", event->processor);
    } else {
        json_object_set_null_member(object, "processor");
    }
    json_object_set_string_member(object, "event", event->name);
    json_object_set_object_member(object, "data", event->data
                                  ? json_object_ref(event->data)
                                  : json_object_new());
    return json_to_string(root, FALSE);
}

gboolean het_event_print(const HetEvent *event, gboolean json,
                         GError **error)
{
    g_autofree char *line = json ? het_event_to_json(event)
                                 : het_event_to_text(event);

    if (puts(line) >= 0 && fflush(stdout) == 0) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "cannot write the output: %s", g_strerror(errno));
    return FALSE;
}
