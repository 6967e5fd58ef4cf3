/*
 * Something that happened in a SoC, with fields for journald
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "qmp/event-journal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "util/error.h"

#define SOCKET "/run/systemd/journal/socket"
#define DATA_PREFIX "HETCTL_DATA_"
/* journald drops a field with a longer name, and an entry with more fields. */
#define NAME_MAX_LEN 64
#define FIELDS_MAX 64

struct HetEventFields {
    GArray *fields;             /* GLogField */
    GPtrArray *texts;           /* that they point to */
};

static void add(HetEventFields *f, const char *name, char *value)
{
    GLogField field = { name, value, -1 };

    g_ptr_array_add(f->texts, value);
    g_array_append_val(f->fields, field);
}

/* "resource-table" is HETCTL_DATA_RESOURCE_TABLE: A-Z, 0-9 and _ only. */
static char *field_name(const char *member)
{
    char *name = g_strconcat(DATA_PREFIX, member, NULL);

    for (char *c = name; *c; c++) {
        *c = g_ascii_isalnum(*c) ? g_ascii_toupper(*c) : '_';
    }
    if (strlen(name) > NAME_MAX_LEN) {
        name[NAME_MAX_LEN] = '\0';
    }
    return name;
}

static void add_datum(JsonObject *object, const char *member, JsonNode *node,
                      gpointer opaque)
{
    HetEventFields *f = opaque;
    char *name;
    const char *text = JSON_NODE_HOLDS_VALUE(node)
                       ? json_node_get_string(node) : NULL;

    if (f->fields->len >= FIELDS_MAX) {
        return;
    }
    name = field_name(member);
    g_ptr_array_add(f->texts, name);
    add(f, name, text ? g_strdup(text) : json_to_string(node, FALSE));
}

/* As syslog has them */
static const char *priority(const char *event)
{
    static const char *const errors[] = {
        "SLAVE_CRASHED", "MEMORY_EXHAUSTED", "WATCH_FAILED",
        "WATCH_DESTROYED", NULL
    };
    static const char *const warnings[] = {
        "CORE_FAULT", "IDM_PEER_LOST", "IDM_BOOT_IGNORED", "LIBVIRT_LOST",
        "WATCHDOG_EXPIRED", "WATCH_NOT_ANSWERING",
        "WATCH_PRESERVED", "WATCH_RESTARTED", NULL
    };

    return g_strv_contains(errors, event) ? "3"
           : g_strv_contains(warnings, event) ? "4" : "6";
}

/* journald has the time itself. */
static char *message(const HetEvent *event)
{
    g_autofree char *line = het_event_to_text(event);
    const char *after = strchr(line, ' ');

    return g_strdup_printf("%s%s", event->soc, after ?: "");
}

HetEventFields *het_event_fields_new(const HetEvent *event)
{
    HetEventFields *f = g_new0(HetEventFields, 1);

    f->fields = g_array_new(FALSE, FALSE, sizeof(GLogField));
    f->texts = g_ptr_array_new_with_free_func(g_free);
    add(f, "MESSAGE", message(event));
    add(f, "PRIORITY", g_strdup(priority(event->name)));
    add(f, "SYSLOG_IDENTIFIER", g_strdup("hetctl"));
    add(f, "HETCTL_SOC", g_strdup(event->soc));
    add(f, "HETCTL_EVENT", g_strdup(event->name));
    if (event->processor) {
        add(f, "HETCTL_PROCESSOR", g_strdup(event->processor));
    }
    if (event->data) {
        json_object_foreach_member(event->data, add_datum, f);
    }
    return f;
}

void het_event_fields_free(HetEventFields *f)
{
    if (f) {
        g_array_unref(f->fields);
        g_ptr_array_unref(f->texts);
        g_free(f);
    }
}

const GLogField *het_event_fields_get(const HetEventFields *f, gsize *count)
{
    *count = f->fields->len;
    return (const GLogField *)f->fields->data;
}

gboolean het_event_journal_check(GError **error)
{
    if (access(SOCKET, W_OK) == 0) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "journald cannot be reached at '%s': %s; without --journal "
                "events are printed", SOCKET, g_strerror(errno));
    return FALSE;
}

gboolean het_event_journal_send(const HetEvent *event)
{
    g_autoptr(HetEventFields) f = het_event_fields_new(event);
    gsize count;
    const GLogField *fields = het_event_fields_get(f, &count);

    return g_log_writer_journald(G_LOG_LEVEL_MESSAGE, fields, count, NULL) ==
           G_LOG_WRITER_HANDLED;
}
