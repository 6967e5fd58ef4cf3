/*
 * What vrings prints: for programs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/vrings-print.h"

#include "util/output.h"

typedef void AddFunc(JsonBuilder *b, gconstpointer item);

static void add_list(JsonBuilder *b, const char *name, const GPtrArray *list,
                     AddFunc *add)
{
    json_builder_set_member_name(b, name);
    json_builder_begin_array(b);
    for (guint i = 0; i < list->len; i++) {
        add(b, g_ptr_array_index(list, i));
    }
    json_builder_end_array(b);
}

static void add_text(JsonBuilder *b, gconstpointer item)
{
    json_builder_add_string_value(b, item);
}

static void add_message(JsonBuilder *b, gconstpointer item)
{
    const HetRpmsgMessage *m = item;

    json_builder_begin_object(b);
    het_json_add_uint(b, "buffer", m->descriptor);
    het_json_add_hex(b, "address", m->address);
    het_json_add_uint(b, "size", m->size);
    if (m->has_header) {
        het_json_add_uint(b, "source", m->header.source);
        het_json_add_uint(b, "destination", m->header.destination);
        het_json_add_uint(b, "length", m->header.length);
        het_json_add_uint(b, "flags", m->header.flags);
    }
    json_builder_end_object(b);
}

static void add_vring(JsonBuilder *b, gconstpointer item)
{
    const HetVring *v = item;

    json_builder_begin_object(b);
    het_json_add_hex(b, "da", v->da);
    het_json_add_hex(b, "pa", v->pa);
    het_json_add_uint(b, "align", v->align);
    het_json_add_uint(b, "num", v->num);
    het_json_add_uint(b, "notifyid", v->notifyid);
    het_json_add_bool(b, "read", v->is_read);
    if (v->is_read) {
        het_json_add_hex(b, "desc", v->desc);
        het_json_add_hex(b, "avail", v->avail);
        het_json_add_hex(b, "used", v->used);
        het_json_add_uint(b, "size", v->size);
        het_json_add_uint(b, "avail-index", v->avail_index);
        het_json_add_uint(b, "used-index", v->used_index);
        het_json_add_uint(b, "avail-flags", v->avail_flags);
        het_json_add_uint(b, "used-flags", v->used_flags);
        het_json_add_uint(b, "in-flight", v->in_flight);
        add_list(b, "messages", v->messages, add_message);
    }
    json_builder_end_object(b);
}

static void add_name(JsonBuilder *b, gconstpointer item)
{
    const HetRpmsgName *n = item;

    json_builder_begin_object(b);
    het_json_add_string(b, "name", n->name);
    het_json_add_uint(b, "address", n->address);
    het_json_add_uint(b, "flags", n->flags);
    het_json_add_bool(b, "taken-back", n->is_gone);
    json_builder_end_object(b);
}

static void add_endpoint(JsonBuilder *b, gconstpointer item)
{
    const HetRpmsgEndpoint *e = item;

    json_builder_begin_object(b);
    het_json_add_uint(b, "address", e->address);
    het_json_add_string(b, "of", e->side == HET_SIDE_SLAVE ? "slave"
                                                           : "master");
    het_json_add_string(b, "name", e->name);
    json_builder_end_object(b);
}

static void add_vdev(JsonBuilder *b, const HetVdev *vdev)
{
    g_autofree char *status = het_vdev_status_text(vdev->status);

    het_json_add_uint(b, "id", vdev->id);
    het_json_add_uint(b, "notifyid", vdev->notifyid);
    het_json_add_uint(b, "features-offered", vdev->offered);
    het_json_add_uint(b, "features-accepted", vdev->accepted);
    het_json_add_uint(b, "config-size", vdev->config_size);
    het_json_add_uint(b, "status", vdev->status);
    het_json_add_string(b, "status-text", status);
    add_list(b, "vrings", vdev->vrings, add_vring);
    add_list(b, "announced", vdev->names, add_name);
    add_list(b, "endpoints", vdev->endpoints, add_endpoint);
}

static void add_entry(JsonBuilder *b, gconstpointer item)
{
    const HetRscEntry *e = item;

    json_builder_begin_object(b);
    het_json_add_string(b, "type", het_rsc_type_name(e->type));
    het_json_add_uint(b, "type-number", e->type);
    het_json_add_uint(b, "offset", e->offset);
    if (e->name) {
        het_json_add_string(b, "name", e->name);
        het_json_add_hex(b, "da", e->da);
        het_json_add_uint(b, "size", e->length);
        if (e->type != HET_RSC_TRACE) {
            het_json_add_hex(b, "pa", e->pa);
            het_json_add_uint(b, "flags", e->flags);
        }
    }
    if (e->vdev) {
        add_vdev(b, e->vdev);
    }
    json_builder_end_object(b);
}

void het_vrings_print_json(const HetSlaveVrings *slave)
{
    g_autoptr(JsonBuilder) b = json_builder_new();
    const HetVrings *v = slave->vrings;

    json_builder_begin_object(b);
    het_json_add_string(b, "core", slave->core);
    het_json_add_hex(b, "table", v->address);
    het_json_add_string(b, "found", slave->found);
    het_json_add_uint(b, "version", v->version);
    het_json_add_uint(b, "count", v->count);
    add_list(b, "entries", v->entries, add_entry);
    add_list(b, "wrong", v->wrong, add_text);
    het_json_add_uint(b, "wrong-left", v->wrong_left);
    add_list(b, "notes", slave->notes, add_text);
    json_builder_end_object(b);
    het_json_print(b);
}
