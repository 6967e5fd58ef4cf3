/*
 * QMP of one processor
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "qmp/json-text.h"
#include "qmp/qmp-internal.h"

#include "util/error.h"

struct HetQmp {
    const HetQmpTransport *transport;
    void *opaque;
};

static const char *const core_states[] = {
    "wait-memory", "held", "running", "crashed", NULL
};

static const char *const link_states[] = {
    "connecting", "connected", "lost", "refused", "disconnected", NULL
};

const char *het_core_state_name(HetCoreState state)
{
    return core_states[state];
}

const char *het_link_state_name(HetLinkState state)
{
    return link_states[state];
}

HetQmp *het_qmp_new(const HetQmpTransport *transport, void *opaque)
{
    HetQmp *qmp = g_new0(HetQmp, 1);

    qmp->transport = transport;
    qmp->opaque = opaque;
    return qmp;
}

void het_qmp_free(HetQmp *qmp)
{
    if (!qmp) {
        return;
    }
    if (qmp->transport->free) {
        qmp->transport->free(qmp->opaque);
    }
    g_free(qmp);
}

static JsonNode *new_node(JsonObject *object)
{
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);

    json_node_take_object(node, object);
    return node;
}

static char *command_text(const char *command, JsonObject *arguments)
{
    JsonObject *object = json_object_new();
    g_autoptr(JsonNode) root = new_node(object);

    json_object_set_string_member(object, "execute", command);
    if (arguments) {
        json_object_set_object_member(object, "arguments", arguments);
    }
    return json_to_string(root, FALSE);
}

static gboolean reply_is_error(HetReply *r, JsonObject *reply)
{
    JsonObject *object;
    const char *class;
    const char *text;

    if (!json_object_has_member(reply, "error")) {
        return FALSE;
    }
    object = het_reply_object(r, het_reply_member(r, reply, "error"), "error");
    text = object ? het_reply_string(r, object, "desc") : NULL;
    class = text && json_object_has_member(object, "class")
            ? het_reply_string(r, object, "class") : NULL;
    if (class && !strcmp(class, "CommandNotFound")) {
        r->error = g_error_new(HET_ERROR, HET_ERROR_EMULATOR,
                               "the emulator has no command '%s': it is "
                               "older than this hetctl, or not the patched "
                               "one", r->command);
    } else if (text && !r->error) {
        r->error = g_error_new(HET_ERROR, HET_ERROR_FAILED, "'%s': %s",
                               r->command, text);
    }
    return TRUE;
}

JsonNode *het_qmp_execute(HetQmp *qmp, HetReply *r, JsonObject *arguments,
                          int fd)
{
    g_autofree char *text = command_text(r->command, arguments);
    g_autofree char *answer = NULL;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *reply;
    JsonNode *value;

    answer = qmp->transport->send(qmp->opaque, text, fd, &r->error);
    if (!answer) {
        g_prefix_error(&r->error, "'%s': ", r->command);
        return NULL;
    }
    root = het_json_parse(answer);
    reply = het_reply_object(r, root, "reply");
    if (!reply || reply_is_error(r, reply)) {
        return NULL;
    }
    value = het_reply_member(r, reply, "return");
    return value ? json_node_copy(value) : NULL;
}

static void parse_array(HetReply *r, JsonArray *array, HetQmpParseFunc *parse,
                        GPtrArray *items)
{
    guint n = array ? json_array_get_length(array) : 0;

    for (guint i = 0; i < n && !r->error; i++) {
        g_ptr_array_add(items, parse(r, json_array_get_element(array, i)));
    }
}

/* Appends what the list @name in @object has, until something is wrong. */
static void parse_list(HetReply *r, JsonObject *object, const char *name,
                       HetQmpParseFunc *parse, GPtrArray *items)
{
    parse_array(r, het_reply_array(r, het_reply_member(r, object, name),
                                   name), parse, items);
}

GPtrArray *het_qmp_query_list(HetQmp *qmp, const char *command,
                              HetQmpParseFunc *parse,
                              GDestroyNotify item_free, GError **error)
{
    HetReply r = { .command = command };
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(item_free);
    g_autoptr(JsonNode) value = het_qmp_execute(qmp, &r, NULL, -1);

    parse_array(&r, het_reply_array(&r, value, "return"), parse, items);
    if (r.error) {
        g_propagate_error(error, r.error);
        return NULL;
    }
    return g_steal_pointer(&items);
}

static gboolean run(HetQmp *qmp, const char *command, JsonObject *arguments,
                    int fd, GError **error)
{
    HetReply r = { .command = command };
    g_autoptr(JsonNode) value = het_qmp_execute(qmp, &r, arguments, fd);

    if (!value) {
        g_propagate_error(error, r.error);
    }
    return value != NULL;
}

gboolean het_qmp_getfd(HetQmp *qmp, const char *fdname, int fd,
                       GError **error)
{
    JsonObject *args = json_object_new();

    json_object_set_string_member(args, "fdname", fdname);
    return run(qmp, "getfd", args, fd, error);
}

gboolean het_qmp_closefd(HetQmp *qmp, const char *fdname, GError **error)
{
    JsonObject *args = json_object_new();

    json_object_set_string_member(args, "fdname", fdname);
    return run(qmp, "closefd", args, -1, error);
}

gboolean het_qmp_slave_attach_memory(HetQmp *qmp, const char *id,
                                     const char *fdname, guint64 offset,
                                     guint64 size, GError **error)
{
    JsonObject *args = json_object_new();

    json_object_set_string_member(args, "id", id);
    json_object_set_string_member(args, "fdname", fdname);
    json_object_set_int_member(args, "offset", offset);
    if (size) {
        json_object_set_int_member(args, "size", size);
    }
    return run(qmp, "slave-attach-memory", args, -1, error);
}

gboolean het_qmp_recorder_attach(HetQmp *qmp, const char *fdname,
                                 guint64 offset, guint64 size,
                                 GError **error)
{
    JsonObject *args = json_object_new();

    json_object_set_string_member(args, "fdname", fdname);
    json_object_set_int_member(args, "offset", offset);
    json_object_set_int_member(args, "size", size);
    return run(qmp, "recorder-attach", args, -1, error);
}

gboolean het_qmp_recorder_note(HetQmp *qmp, const char *text, guint pid,
                               GError **error)
{
    JsonObject *args = json_object_new();

    json_object_set_string_member(args, "text", text);
    json_object_set_int_member(args, "pid", pid);
    return run(qmp, "recorder-note", args, -1, error);
}

gboolean het_qmp_slave_detach_memory(HetQmp *qmp, const char *id,
                                     gboolean if_held, GError **error)
{
    JsonObject *args = json_object_new();

    if (id) {
        json_object_set_string_member(args, "id", id);
    }
    if (if_held) {
        json_object_set_boolean_member(args, "if-held", TRUE);
    }
    return run(qmp, "slave-detach-memory", args, -1, error);
}

gboolean het_qmp_slave_boot(HetQmp *qmp, const guint64 *entry,
                            guint32 resource_table, GError **error)
{
    JsonObject *args = json_object_new();

    if (entry) {
        json_object_set_int_member(args, "entry", *entry);
    }
    if (resource_table) {
        json_object_set_int_member(args, "resource-table", resource_table);
    }
    return run(qmp, "slave-boot", args, -1, error);
}

gboolean het_qmp_slave_reset(HetQmp *qmp, GError **error)
{
    return run(qmp, "slave-reset", NULL, -1, error);
}

static void window_free(gpointer data)
{
    HetSlaveWindow *window = data;

    g_free(window->id);
    g_free(window);
}

static void stop_free(gpointer data)
{
    HetSlaveStop *stop = data;

    g_free(stop->reason);
    g_free(stop);
}

void het_slave_info_free(HetSlaveInfo *info)
{
    if (!info) {
        return;
    }
    g_free(info->reason);
    g_free(info->message);
    g_ptr_array_unref(info->stops);
    g_ptr_array_unref(info->windows);
    g_free(info);
}

static char *optional_string(HetReply *r, JsonObject *object,
                             const char *name)
{
    if (r->error || !json_object_has_member(object, name)) {
        return NULL;
    }
    return g_strdup(het_reply_string(r, object, name));
}

static gpointer parse_window(HetReply *r, JsonNode *node)
{
    JsonObject *object = het_reply_object(r, node, "windows");
    HetSlaveWindow *window = g_new0(HetSlaveWindow, 1);

    window->id = g_strdup(het_reply_string(r, object, "id"));
    window->size = het_reply_uint(r, object, "size", G_MAXUINT64);
    window->attached = het_reply_bool(r, object, "attached");
    if (window->attached) {
        window->offset = het_reply_uint(r, object, "offset", G_MAXUINT64);
    }
    return window;
}

static gpointer parse_stop(HetReply *r, JsonNode *node)
{
    JsonObject *object = het_reply_object(r, node, "stops");
    HetSlaveStop *stop = g_new0(HetSlaveStop, 1);

    stop->reason = g_strdup(het_reply_string(r, object, "reason"));
    stop->count = het_reply_uint(r, object, "count", G_MAXUINT64);
    return stop;
}

static gboolean has_member(const HetReply *r, JsonObject *object,
                           const char *name)
{
    return !r->error && json_object_has_member(object, name);
}

static HetSlaveInfo *parse_slave(HetReply *r, JsonNode *node)
{
    HetSlaveInfo *info = g_new0(HetSlaveInfo, 1);
    JsonObject *object = het_reply_object(r, node, "return");

    info->stops = g_ptr_array_new_with_free_func(stop_free);
    info->windows = g_ptr_array_new_with_free_func(window_free);
    info->state = het_reply_enum(r, object, "state", core_states);
    info->released = het_reply_bool(r, object, "released");
    info->boots = het_reply_uint(r, object, "boots", G_MAXUINT64);
    if (has_member(r, object, "crashes")) {
        info->crashes = het_reply_uint(r, object, "crashes", G_MAXUINT64);
    }
    info->has_entry = has_member(r, object, "entry");
    if (info->has_entry) {
        info->entry = het_reply_uint(r, object, "entry", G_MAXUINT64);
    }
    info->reason = optional_string(r, object, "reason");
    info->message = optional_string(r, object, "message");
    if (has_member(r, object, "resource-table")) {
        info->resource_table = het_reply_uint(r, object, "resource-table",
                                              G_MAXUINT32);
    }
    if (has_member(r, object, "stops")) {
        parse_list(r, object, "stops", parse_stop, info->stops);
    }
    parse_list(r, object, "windows", parse_window, info->windows);
    return info;
}

HetSlaveInfo *het_qmp_query_slave(HetQmp *qmp, GError **error)
{
    HetReply r = { .command = "query-slave" };
    g_autoptr(JsonNode) value = het_qmp_execute(qmp, &r, NULL, -1);
    g_autoptr(HetSlaveInfo) info = value ? parse_slave(&r, value) : NULL;

    if (r.error) {
        g_propagate_error(error, r.error);
        return NULL;
    }
    return g_steal_pointer(&info);
}

static JsonObject *connection_arguments(const char *id, const char *peer,
                                        char role)
{
    JsonObject *args = json_object_new();
    char role_text[] = { role, '\0' };

    json_object_set_string_member(args, "id", id);
    json_object_set_string_member(args, "peer", peer);
    json_object_set_string_member(args, "role", role_text);
    return args;
}

gboolean het_qmp_idm_connect(HetQmp *qmp, const char *id, const char *peer,
                             int fd, char role, GError **error)
{
    return run(qmp, "idm-connect", connection_arguments(id, peer, role), fd,
               error);
}

gboolean het_qmp_idm_connect_many(HetQmp *qmp,
                                  const HetIdmConnection *connections,
                                  gsize n, int fd, GError **error)
{
    JsonObject *args = json_object_new();
    JsonArray *links = json_array_new();

    for (gsize i = 0; i < n; i++) {
        const HetIdmConnection *c = &connections[i];

        json_array_add_object_element(
            links, connection_arguments(c->id, c->peer, c->role));
    }
    json_object_set_array_member(args, "links", links);
    return run(qmp, "idm-connect-many", args, fd, error);
}

gboolean het_qmp_idm_disconnect(HetQmp *qmp, const char *id,
                                const char *peer, GError **error)
{
    JsonObject *args = json_object_new();

    json_object_set_string_member(args, "id", id);
    json_object_set_string_member(args, "peer", peer);
    return run(qmp, "idm-disconnect", args, -1, error);
}

static void link_free(gpointer data)
{
    HetIdmLink *link = data;

    g_free(link->peer);
    g_free(link->error);
    g_free(link->peer_core);
    g_free(link);
}

static void idm_free(gpointer data)
{
    HetIdmInfo *idm = data;

    g_free(idm->id);
    g_free(idm->model);
    g_ptr_array_unref(idm->links);
    g_free(idm);
}

static gpointer parse_link(HetReply *r, JsonNode *node)
{
    JsonObject *object = het_reply_object(r, node, "links");
    HetIdmLink *link = g_new0(HetIdmLink, 1);

    link->peer = g_strdup(het_reply_string(r, object, "peer"));
    link->state = het_reply_enum(r, object, "state", link_states);
    link->error = optional_string(r, object, "error");
    link->sent = het_reply_uint(r, object, "sent", G_MAXUINT64);
    link->received = het_reply_uint(r, object, "received", G_MAXUINT64);
    link->coalesced = het_reply_uint(r, object, "coalesced", G_MAXUINT64);
    link->pending_in = het_reply_uint(r, object, "pending-in", G_MAXUINT32);
    link->pending_out = het_reply_uint(r, object, "pending-out", G_MAXUINT32);
    link->peer_core = optional_string(r, object, "peer-core");
    link->peer_boots = het_reply_uint(r, object, "peer-boots", G_MAXUINT32);
    if (has_member(r, object, "boot-ignored")) {
        link->boot_ignored = het_reply_bool(r, object, "boot-ignored");
    }
    return link;
}

static gpointer parse_idm(HetReply *r, JsonNode *node)
{
    JsonObject *object = het_reply_object(r, node, "return");
    HetIdmInfo *idm = g_new0(HetIdmInfo, 1);

    idm->links = g_ptr_array_new_with_free_func(link_free);
    idm->id = g_strdup(het_reply_string(r, object, "id"));
    idm->model = g_strdup(het_reply_string(r, object, "model"));
    idm->channels = het_reply_uint(r, object, "channels", G_MAXUINT32);
    parse_list(r, object, "links", parse_link, idm->links);
    return idm;
}

GPtrArray *het_qmp_query_idm(HetQmp *qmp, GError **error)
{
    return het_qmp_query_list(qmp, "query-idm", parse_idm, idm_free, error);
}

HetIdmLink *het_idm_infos_find_link(GPtrArray *infos, const char *id,
                                    const char *peer)
{
    for (guint i = 0; i < infos->len; i++) {
        HetIdmInfo *idm = g_ptr_array_index(infos, i);

        for (guint j = 0; !strcmp(idm->id, id) && j < idm->links->len; j++) {
            HetIdmLink *link = g_ptr_array_index(idm->links, j);

            if (!strcmp(link->peer, peer)) {
                return link;
            }
        }
    }
    return NULL;
}

guint64 het_qmp_query_thread(HetQmp *qmp, GError **error)
{
    HetReply r = { .command = "query-cpus-fast" };
    g_autoptr(JsonNode) value = het_qmp_execute(qmp, &r, NULL, -1);
    JsonArray *array = het_reply_array(&r, value, "return");
    JsonNode *first = array && json_array_get_length(array) ?
                      json_array_get_element(array, 0) : NULL;
    JsonObject *object = het_reply_object(&r, first, "return");
    guint64 thread = het_reply_uint(&r, object, "thread-id", G_MAXINT32);

    if (r.error) {
        g_propagate_error(error, r.error);
        return 0;
    }
    return thread;
}

