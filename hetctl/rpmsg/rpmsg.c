/*
 * Messages in the buffers of a ring: headers, announcements, endpoints
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "rpmsg/vrings-internal.h"

#include "util/text.h"

/* struct rpmsg_ns_msg: name, address, flags */
#define NAME_SIZE 32
#define NS_SIZE (NAME_SIZE + 8)
#define NS_DESTROY 1
#define NAMES_MAX 128
#define ENDPOINTS_MAX 256

void het_rpmsg_name_free(HetRpmsgName *name)
{
    g_free(name->name);
    g_free(name);
}

void het_rpmsg_endpoint_free(HetRpmsgEndpoint *endpoint)
{
    g_free(endpoint->name);
    g_free(endpoint);
}

void het_rpmsg_parse_header(const guint8 *bytes, HetRpmsgHeader *header)
{
    header->source = het_le32(bytes);
    header->destination = het_le32(bytes + 4);
    header->length = het_le16(bytes + 12);
    header->flags = het_le16(bytes + 14);
}

static gboolean is_known(const HetVdev *vdev, const char *name,
                         guint32 address, gboolean is_gone)
{
    for (guint i = 0; i < vdev->names->len; i++) {
        const HetRpmsgName *n = g_ptr_array_index(vdev->names, i);

        if (n->address == address && n->is_gone == is_gone &&
            !g_strcmp0(n->name, name)) {
            return TRUE;
        }
    }
    return vdev->names->len >= NAMES_MAX;
}

HetRpmsgName *het_rpmsg_parse_name(const guint8 *bytes, gsize size)
{
    g_autofree char *raw = NULL;
    HetRpmsgName *name;

    if (size != NS_SIZE || !bytes[0]) {
        return NULL;
    }
    raw = g_strndup((const char *)bytes, NAME_SIZE);
    name = g_new0(HetRpmsgName, 1);
    name->name = het_text_printable(raw);
    name->address = het_le32(bytes + NAME_SIZE);
    name->flags = het_le32(bytes + NAME_SIZE + 4);
    name->is_gone = name->flags & NS_DESTROY;
    return name;
}

void het_rpmsg_look_for_name(const HetVringsReader *r, HetVdev *vdev,
                             HetSide side, guint64 address, guint32 size)
{
    guint8 bytes[HET_RPMSG_HEADER_SIZE + NS_SIZE];
    HetRpmsgHeader header;
    HetRpmsgName *name;

    if (size < sizeof(bytes) ||
        !het_vrings_read_bytes(r, side, address, bytes, sizeof(bytes))) {
        return;
    }
    het_rpmsg_parse_header(bytes, &header);
    name = header.destination == HET_RPMSG_NAME_SERVICE &&
           header.length == NS_SIZE
           ? het_rpmsg_parse_name(bytes + HET_RPMSG_HEADER_SIZE, NS_SIZE)
           : NULL;
    if (name && !is_known(vdev, name->name, name->address, name->is_gone)) {
        g_ptr_array_add(vdev->names, name);
    } else if (name) {
        het_rpmsg_name_free(name);
    }
}

static void add_endpoint(HetVdev *vdev, HetSide side, guint32 address)
{
    HetRpmsgEndpoint *endpoint;

    for (guint i = 0; i < vdev->endpoints->len; i++) {
        endpoint = g_ptr_array_index(vdev->endpoints, i);
        if (endpoint->side == side && endpoint->address == address) {
            return;
        }
    }
    if (vdev->endpoints->len < ENDPOINTS_MAX) {
        endpoint = g_new0(HetRpmsgEndpoint, 1);
        endpoint->side = side;
        endpoint->address = address;
        g_ptr_array_add(vdev->endpoints, endpoint);
    }
}

void het_rpmsg_add_endpoints(HetVdev *vdev, const HetVring *vring,
                             const HetRpmsgHeader *header)
{
    HetSide from = vring->index == 0 ? HET_SIDE_SLAVE : HET_SIDE_MASTER;
    HetSide to = vring->index == 0 ? HET_SIDE_MASTER : HET_SIDE_SLAVE;

    add_endpoint(vdev, from, header->source);
    add_endpoint(vdev, to, header->destination);
}

static gint compare_endpoints(gconstpointer a, gconstpointer b)
{
    const HetRpmsgEndpoint *x = *(HetRpmsgEndpoint *const *)a;
    const HetRpmsgEndpoint *y = *(HetRpmsgEndpoint *const *)b;

    return x->side != y->side ? (x->side < y->side ? -1 : 1)
           : x->address < y->address ? -1 : x->address > y->address;
}

void het_rpmsg_name_endpoints(HetVdev *vdev)
{
    for (guint i = 0; i < vdev->names->len; i++) {
        const HetRpmsgName *name = g_ptr_array_index(vdev->names, i);

        if (!name->is_gone) {
            add_endpoint(vdev, HET_SIDE_SLAVE, name->address);
        }
    }
    g_ptr_array_sort(vdev->endpoints, compare_endpoints);
    for (guint i = 0; i < vdev->endpoints->len; i++) {
        HetRpmsgEndpoint *endpoint = g_ptr_array_index(vdev->endpoints, i);

        if (endpoint->side == HET_SIDE_MASTER) {
            endpoint->name = endpoint->address == HET_RPMSG_NAME_SERVICE
                             ? g_strdup("name service") : NULL;
            continue;
        }
        for (guint n = 0; n < vdev->names->len && !endpoint->name; n++) {
            const HetRpmsgName *name = g_ptr_array_index(vdev->names, n);

            if (name->address == endpoint->address) {
                endpoint->name = g_strdup(name->name);
            }
        }
    }
}
