/*
 * What vrings prints: for people
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/vrings-print.h"

#include <stdio.h>

#include "util/output.h"

#define X64 "0x%" G_GINT64_MODIFIER "x"

static const char *side_name(HetSide side)
{
    return side == HET_SIDE_SLAVE ? "slave" : "master";
}

static char *hex(guint64 number)
{
    return g_strdup_printf(X64, number);
}

static char *number(guint number)
{
    return g_strdup_printf("%u", number);
}

/* Takes the cells, of which NULL is none. */
static void add_row(HetTable *table, char **cells, guint count)
{
    het_table_add(table, (const char *const *)cells);
    for (guint i = 0; i < count; i++) {
        g_free(cells[i]);
    }
}

#define ADD_ROW(table, ...) \
    do { \
        char *cells[] = { __VA_ARGS__ }; \
        add_row(table, cells, G_N_ELEMENTS(cells)); \
    } while (0)

/* ---- the table ---- */

static void print_entries(const HetVrings *v)
{
    g_autoptr(HetTable) table = het_table_new("ENTRY", "TYPE", "ADDRESS",
                                              "SIZE", "FLAGS", "NAME", NULL);

    for (guint i = 0; i < v->entries->len; i++) {
        const HetRscEntry *e = g_ptr_array_index(v->entries, i);
        gboolean is_area = e->name != NULL;

        ADD_ROW(table, number(i), g_strdup(het_rsc_type_name(e->type)),
                is_area ? hex(e->da) : NULL, is_area ? hex(e->length) : NULL,
                is_area && e->type != HET_RSC_TRACE ? hex(e->flags) : NULL,
                e->vdev ? g_strdup_printf("vdev %u", e->vdev->index)
                        : g_strdup(e->name));
    }
    if (v->entries->len) {
        het_table_print(table);
    }
}

static void print_rings(const HetVdev *vdev)
{
    g_autoptr(HetTable) table = het_table_new("VRING", "TO", "NUM", "ALIGN",
                                              "NOTIFYID", "DESC", "AVAIL",
                                              "USED", "AVAIL-INDEX",
                                              "USED-INDEX", "IN-FLIGHT",
                                              NULL);

    for (guint i = 0; i < vdev->vrings->len; i++) {
        const HetVring *v = g_ptr_array_index(vdev->vrings, i);
        gboolean is_read = v->is_read;

        ADD_ROW(table, number(i), vdev->id != HET_VDEV_RPMSG || i > 1 ? NULL
                : g_strdup(side_name(i ? HET_SIDE_SLAVE : HET_SIDE_MASTER)),
                number(v->num), hex(v->align), number(v->notifyid),
                hex(v->da), is_read ? hex(v->avail) : NULL,
                is_read ? hex(v->used) : NULL,
                is_read ? number(v->avail_index) : NULL,
                is_read ? number(v->used_index) : NULL,
                is_read ? number(v->in_flight) : NULL);
    }
    if (vdev->vrings->len) {
        het_table_print(table);
    }
}

static void add_message(HetTable *table, const HetVring *v,
                        const HetRpmsgMessage *m)
{
    const HetRpmsgHeader *h = m->has_header ? &m->header : NULL;

    ADD_ROW(table, number(v->index), number(m->descriptor), hex(m->address),
            h ? hex(h->source) : NULL, h ? hex(h->destination) : NULL,
            h ? number(h->length) : NULL, h ? hex(h->flags) : NULL);
}

static void print_messages(const HetVdev *vdev)
{
    g_autoptr(HetTable) table = het_table_new("VRING", "BUFFER", "ADDRESS",
                                              "SOURCE", "DESTINATION",
                                              "LENGTH", "FLAGS", NULL);
    guint count = 0;

    for (guint i = 0; i < vdev->vrings->len; i++) {
        const HetVring *v = g_ptr_array_index(vdev->vrings, i);

        for (guint m = 0; m < v->messages->len; m++, count++) {
            add_message(table, v, g_ptr_array_index(v->messages, m));
        }
    }
    if (count) {
        het_print_line("messages in flight:");
        het_table_print(table);
    }
}

static void print_endpoints(const HetVdev *vdev)
{
    g_autoptr(HetTable) table = het_table_new("ENDPOINT", "OF", "NAME", NULL);

    for (guint i = 0; i < vdev->endpoints->len; i++) {
        const HetRpmsgEndpoint *e = g_ptr_array_index(vdev->endpoints, i);

        ADD_ROW(table, hex(e->address), g_strdup(side_name(e->side)),
                g_strdup(e->name));
    }
    if (vdev->endpoints->len) {
        het_table_print(table);
    }
    for (guint i = 0; i < vdev->names->len; i++) {
        const HetRpmsgName *n = g_ptr_array_index(vdev->names, i);

        het_print_line("announced: '%s' at 0x%x%s", n->name, n->address,
                       n->is_gone ? ", taken back" : "");
    }
}

static void print_vdev(const HetVdev *vdev)
{
    g_autofree char *status = het_vdev_status_text(vdev->status);

    puts("");
    het_print_line("vdev %u: id %u%s, notifyid %u, status %s", vdev->index,
                   vdev->id, vdev->id == HET_VDEV_RPMSG ? " (rpmsg)" : "",
                   vdev->notifyid, status);
    het_print_line("features: 0x%x offered, 0x%x accepted; %u bytes of "
                   "configuration", vdev->offered, vdev->accepted,
                   vdev->config_size);
    print_rings(vdev);
    print_messages(vdev);
    print_endpoints(vdev);
}

static void print_wrong(const HetSlaveVrings *slave)
{
    const HetVrings *v = slave->vrings;

    if (v->wrong->len || slave->notes->len) {
        puts("");
    }
    for (guint i = 0; i < v->wrong->len; i++) {
        het_print_line("wrong: %s",
                       (char *)g_ptr_array_index(v->wrong, i));
    }
    if (v->wrong_left) {
        het_print_line("wrong: and %u more", v->wrong_left);
    }
    for (guint i = 0; i < slave->notes->len; i++) {
        het_print_line("note: %s",
                       (char *)g_ptr_array_index(slave->notes, i));
    }
}

void het_vrings_print_table(const HetSlaveVrings *slave)
{
    const HetVrings *v = slave->vrings;

    het_print_line("resource table at " X64 ": %s", v->address, slave->found);
    het_print_line("version %u, %u entries; core %s", v->version, v->count,
                   slave->core);
    print_entries(v);
    for (guint i = 0; i < v->entries->len; i++) {
        const HetRscEntry *entry = g_ptr_array_index(v->entries, i);

        if (entry->vdev) {
            print_vdev(entry->vdev);
        }
    }
    print_wrong(slave);
}
