/*
 * A device tree in memory, written as a blob
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/dt-writer.h"

#include <libfdt.h>
#include <string.h>

#define BLOB_MAX (1024 * 1024)

typedef struct {
    char *name;
    GByteArray *value;
    GArray *references;         /* guint32: offsets of phandles in value */
} Property;

struct HetDtNode {
    char *name;
    HetDtNode *root;
    guint32 phandle;            /* 0: none */
    gboolean is_foreign;        /* not written; its phandle stays */
    guint32 last_phandle;       /* of the root only */
    GPtrArray *properties;      /* Property */
    GPtrArray *children;        /* HetDtNode */
    GPtrArray *foreign;         /* HetDtNode; of the root only, else NULL */
};

static void property_free(gpointer data)
{
    Property *p = data;

    g_free(p->name);
    g_byte_array_unref(p->value);
    g_array_unref(p->references);
    g_free(p);
}

static void node_free(gpointer data)
{
    HetDtNode *node = data;

    g_free(node->name);
    g_ptr_array_unref(node->properties);
    g_ptr_array_unref(node->children);
    g_clear_pointer(&node->foreign, g_ptr_array_unref);
    g_free(node);
}

void het_dt_free(HetDtNode *node)
{
    if (node) {
        node_free(node);
    }
}

/* Takes @name. */
static HetDtNode *node_new(char *name, HetDtNode *root)
{
    HetDtNode *node = g_new0(HetDtNode, 1);

    node->name = name;
    node->root = root ?: node;
    node->properties = g_ptr_array_new_with_free_func(property_free);
    node->children = g_ptr_array_new_with_free_func(node_free);
    return node;
}

HetDtNode *het_dt_new(void)
{
    return node_new(g_strdup(""), NULL);
}

HetDtNode *het_dt_add_node(HetDtNode *parent, const char *format, ...)
{
    HetDtNode *node;
    va_list args;

    va_start(args, format);
    node = node_new(g_strdup_vprintf(format, args), parent->root);
    va_end(args);
    g_ptr_array_add(parent->children, node);
    return node;
}

HetDtNode *het_dt_add_foreign(HetDtNode *parent, guint32 phandle)
{
    HetDtNode *root = parent->root;
    HetDtNode *node = node_new(g_strdup(""), root);

    node->is_foreign = TRUE;
    node->phandle = phandle;
    if (!root->foreign) {
        root->foreign = g_ptr_array_new_with_free_func(node_free);
    }
    g_ptr_array_add(root->foreign, node);
    return node;
}

static Property *property_get(HetDtNode *node, const char *name)
{
    Property *p;

    for (guint i = 0; i < node->properties->len; i++) {
        p = node->properties->pdata[i];
        if (g_str_equal(p->name, name)) {
            return p;
        }
    }
    p = g_new0(Property, 1);
    p->name = g_strdup(name);
    p->value = g_byte_array_new();
    p->references = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_ptr_array_add(node->properties, p);
    return p;
}

void het_dt_add_flag(HetDtNode *node, const char *property)
{
    property_get(node, property);
}

void het_dt_add_string(HetDtNode *node, const char *property,
                       const char *value)
{
    g_byte_array_append(property_get(node, property)->value,
                        (const guint8 *)value, strlen(value) + 1);
}

void het_dt_add_u32(HetDtNode *node, const char *property, guint32 value)
{
    guint32 be = GUINT32_TO_BE(value);

    g_byte_array_append(property_get(node, property)->value,
                        (const guint8 *)&be, sizeof(be));
}

void het_dt_add_u64(HetDtNode *node, const char *property, guint64 value)
{
    het_dt_add_u32(node, property, value >> 32);
    het_dt_add_u32(node, property, value);
}

void het_dt_add_phandle(HetDtNode *node, const char *property,
                        HetDtNode *target)
{
    Property *p = property_get(node, property);
    guint32 offset = p->value->len;

    if (!target->phandle) {
        target->phandle = ++target->root->last_phandle;
    }
    if (!target->is_foreign) {
        g_array_append_val(p->references, offset);
    }
    het_dt_add_u32(node, property, target->phandle);
}

static int write_node(void *fdt, const HetDtNode *node)
{
    int rc = fdt_begin_node(fdt, node->name);

    for (guint i = 0; !rc && i < node->properties->len; i++) {
        const Property *p = node->properties->pdata[i];

        rc = fdt_property(fdt, p->name, p->value->data, p->value->len);
    }
    if (!rc && node->phandle) {
        rc = fdt_property_u32(fdt, "phandle", node->phandle);
    }
    for (guint i = 0; !rc && i < node->children->len; i++) {
        rc = write_node(fdt, node->children->pdata[i]);
    }
    return rc ?: fdt_end_node(fdt);
}

static gboolean has_references(const HetDtNode *node)
{
    for (guint i = 0; i < node->properties->len; i++) {
        if (((Property *)node->properties->pdata[i])->references->len) {
            return TRUE;
        }
    }
    for (guint i = 0; i < node->children->len; i++) {
        if (has_references(node->children->pdata[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

static int write_fixup(void *fdt, const Property *p)
{
    g_autofree guint32 *offsets = g_new(guint32, p->references->len);

    for (guint i = 0; i < p->references->len; i++) {
        offsets[i] = cpu_to_fdt32(g_array_index(p->references, guint32, i));
    }
    return p->references->len
           ? fdt_property(fdt, p->name, offsets,
                          p->references->len * sizeof(guint32))
           : 0;
}

/* The same tree, but only where references are. */
static int write_fixups(void *fdt, const HetDtNode *node, const char *name)
{
    int rc = fdt_begin_node(fdt, name);

    for (guint i = 0; !rc && i < node->properties->len; i++) {
        rc = write_fixup(fdt, node->properties->pdata[i]);
    }
    for (guint i = 0; !rc && i < node->children->len; i++) {
        const HetDtNode *child = node->children->pdata[i];

        if (has_references(child)) {
            rc = write_fixups(fdt, child, child->name);
        }
    }
    return rc ?: fdt_end_node(fdt);
}

static int write_blob(void *fdt, int size, HetDtNode *root)
{
    int rc = fdt_create(fdt, size) ?: fdt_finish_reservemap(fdt) ?:
             fdt_begin_node(fdt, "");

    for (guint i = 0; !rc && i < root->children->len; i++) {
        rc = write_node(fdt, root->children->pdata[i]);
    }
    if (!rc && has_references(root)) {
        rc = write_fixups(fdt, root, "__local_fixups__");
    }
    return rc ?: fdt_end_node(fdt) ?: fdt_finish(fdt);
}

GBytes *het_dt_write(HetDtNode *root, GError **error)
{
    int rc = -FDT_ERR_NOSPACE;

    for (int size = 8192; size <= BLOB_MAX; size *= 2) {
        g_autofree void *fdt = g_malloc0(size);

        rc = write_blob(fdt, size, root);
        if (!rc) {
            return g_bytes_new(fdt, fdt_totalsize(fdt));
        }
        if (rc != -FDT_ERR_NOSPACE) {
            break;
        }
    }
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "cannot write the device tree overlay: %s",
                fdt_strerror(rc));
    return NULL;
}
