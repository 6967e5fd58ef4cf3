/*
 * QMP of one processor: the GDB stub of its emulator
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "qmp/qmp-internal.h"

#include <string.h>

#include "util/error.h"
#include "util/fault.h"

#define FDNAME "hetctl-gdb"
#define WAITS "Waiting for gdb connection"

typedef struct {
    char *label;
    char *filename;
} Chardev;

static void chardev_free(gpointer data)
{
    Chardev *chardev = data;

    g_free(chardev->label);
    g_free(chardev->filename);
    g_free(chardev);
}

static gpointer parse_chardev(HetReply *r, JsonNode *node)
{
    JsonObject *object = het_reply_object(r, node, "return");
    Chardev *chardev = g_new0(Chardev, 1);

    chardev->label = g_strdup(het_reply_string(r, object, "label"));
    chardev->filename = g_strdup(het_reply_string(r, object, "filename"));
    return chardev;
}

void het_debugger_clear(HetDebugger *debugger)
{
    g_clear_pointer(&debugger->label, g_free);
}

/* Chardev */
static GPtrArray *query_chardevs(HetQmp *qmp, GError **error)
{
    return het_qmp_query_list(qmp, "query-chardev", parse_chardev,
                              chardev_free, error);
}

static gboolean is_debugger(const Chardev *chardev)
{
    return g_str_has_prefix(chardev->label, HET_QMP_DEBUGGER);
}

static gboolean has_left(const Chardev *chardev)
{
    return g_str_has_prefix(chardev->filename, "disconnected:");
}

/* One that was left may be there beside that of who debugs. */
gboolean het_qmp_query_debugger(HetQmp *qmp, HetDebugger *debugger,
                                GError **error)
{
    g_autoptr(GPtrArray) found = query_chardevs(qmp, error);

    *debugger = (HetDebugger) { 0 };
    for (guint i = 0; found && i < found->len; i++) {
        const Chardev *chardev = g_ptr_array_index(found, i);

        if (is_debugger(chardev) &&
            (!debugger->label || !has_left(chardev))) {
            g_free(debugger->label);
            debugger->label = g_strdup(chardev->label);
            debugger->pid = g_ascii_strtoull(
                chardev->label + strlen(HET_QMP_DEBUGGER), NULL, 10);
            debugger->has_left = has_left(chardev);
        }
    }
    return found != NULL;
}

static JsonObject *new_member(JsonObject *object, const char *name)
{
    JsonObject *member = json_object_new();

    json_object_set_object_member(object, name, member);
    return member;
}

static gboolean run(HetQmp *qmp, const char *command, JsonObject *args,
                    GError **error)
{
    HetReply r = { .command = command };
    g_autoptr(JsonNode) value = het_qmp_execute(qmp, &r, args, -1);

    if (!value) {
        g_propagate_error(error, r.error);
    }
    return value != NULL;
}

static gboolean add_chardev(HetQmp *qmp, const char *id, GError **error)
{
    JsonObject *args = json_object_new();
    JsonObject *backend, *data, *address;

    json_object_set_string_member(args, "id", id);
    backend = new_member(args, "backend");
    json_object_set_string_member(backend, "type", "socket");
    data = new_member(backend, "data");
    json_object_set_boolean_member(data, "server", FALSE);
    address = new_member(data, "addr");
    json_object_set_string_member(address, "type", "fd");
    json_object_set_string_member(new_member(address, "data"), "str",
                                  FDNAME);
    return run(qmp, "chardev-add", args, error);
}

/* What the human monitor says, or NULL */
static char *run_hmp(HetQmp *qmp, const char *line, GError **error)
{
    HetReply r = { .command = "human-monitor-command" };
    JsonObject *args = json_object_new();
    g_autoptr(JsonNode) value = NULL;
    char *said;

    json_object_set_string_member(args, "command-line", line);
    value = het_qmp_execute(qmp, &r, args, -1);
    said = value ? g_strdup(het_reply_text(&r, value, "return")) : NULL;
    if (!said) {
        g_propagate_error(error, r.error);
    }
    return said;
}

static gboolean remove_chardev(HetQmp *qmp, const char *id, GError **error)
{
    JsonObject *args = json_object_new();

    json_object_set_string_member(args, "id", id);
    return run(qmp, "chardev-remove", args, error);
}

gboolean het_qmp_remove_left_debuggers(HetQmp *qmp, GError **error)
{
    g_autoptr(GPtrArray) found = query_chardevs(qmp, error);

    for (guint i = 0; found && i < found->len; i++) {
        const Chardev *chardev = g_ptr_array_index(found, i);

        if (is_debugger(chardev) && has_left(chardev) &&
            !remove_chardev(qmp, chardev->label, error)) {
            return FALSE;
        }
    }
    return found != NULL;
}

static gboolean use_chardev(HetQmp *qmp, const char *id, GError **error)
{
    g_autofree char *line = g_strdup_printf("gdbserver chardev:%s", id);
    g_autofree char *said = run_hmp(qmp, line, error);

    if (said && !strstr(said, WAITS)) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "the emulator does not open its debug stub: %s",
                    g_strstrip(said));
        g_clear_pointer(&said, g_free);
    }
    return said != NULL;
}

gboolean het_qmp_open_stub(HetQmp *qmp, const char *id, int fd,
                           GError **error)
{
    if (!het_qmp_getfd(qmp, FDNAME, fd, error)) {
        return FALSE;
    }
    if (het_fault("stub-chardev", error) || !add_chardev(qmp, id, error)) {
        het_qmp_closefd(qmp, FDNAME, NULL);
        return FALSE;
    }
    if (het_fault("stub-open", error) || !use_chardev(qmp, id, error)) {
        remove_chardev(qmp, id, NULL);
        return FALSE;
    }
    return TRUE;
}

void het_qmp_drop_stub_fd(HetQmp *qmp)
{
    het_qmp_closefd(qmp, FDNAME, NULL);
}

gboolean het_qmp_close_stub(HetQmp *qmp, GError **error)
{
    g_autofree char *said = run_hmp(qmp, "gdbserver none", error);

    return said != NULL;
}
