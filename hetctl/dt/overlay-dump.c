/*
 * A device tree blob as text, the way dtc -I dtb -O dts writes it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "dt/overlay.h"

#include <libfdt.h>
#include <string.h>

#define DEPTH_MAX 64

static void add_indent(GString *out, int depth)
{
    for (int i = 0; i < depth; i++) {
        g_string_append_c(out, '\t');
    }
}

/* Strings one after the other, each printable and none empty. */
static gboolean is_strings(const guint8 *value, int len)
{
    if (!len || value[len - 1] != '\0') {
        return FALSE;
    }
    for (int i = 0; i < len; i++) {
        if (value[i] ? !g_ascii_isprint(value[i])
                     : i == 0 || !value[i - 1]) {
            return FALSE;
        }
    }
    return TRUE;
}

static void dump_strings(GString *out, const char *value, int len)
{
    for (const char *s = value; s < value + len; s += strlen(s) + 1) {
        g_autofree char *escaped = g_strescape(s, NULL);

        g_string_append_printf(out, "%s\"%s\"", s == value ? "" : ", ",
                               escaped);
    }
}

static void dump_cells(GString *out, const guint8 *value, int len)
{
    for (int i = 0; i < len; i += 4) {
        g_string_append_printf(out, "%s0x%02x", i ? " " : "<",
                               fdt32_ld((const fdt32_t *)(value + i)));
    }
    g_string_append_c(out, '>');
}

static void dump_bytes(GString *out, const guint8 *value, int len)
{
    for (int i = 0; i < len; i++) {
        g_string_append_printf(out, "%s%02x", i ? " " : "[", value[i]);
    }
    g_string_append_c(out, ']');
}

static gboolean dump_property(GString *out, const void *fdt, int offset,
                              int depth)
{
    const char *name;
    int len;
    const guint8 *value = fdt_getprop_by_offset(fdt, offset, &name, &len);

    if (!value) {
        return FALSE;
    }
    add_indent(out, depth);
    g_string_append(out, name);
    if (len) {
        g_string_append(out, " = ");
    }
    if (is_strings(value, len)) {
        dump_strings(out, (const char *)value, len);
    } else if (len && len % 4 == 0) {
        dump_cells(out, value, len);
    } else if (len) {
        dump_bytes(out, value, len);
    }
    g_string_append(out, ";\n");
    return TRUE;
}

static gboolean dump_node(GString *out, const void *fdt, int node, int depth)
{
    const char *name = fdt_get_name(fdt, node, NULL);
    int offset;

    if (!name || depth > DEPTH_MAX) {
        return FALSE;
    }
    add_indent(out, depth);
    g_string_append_printf(out, "%s {\n", *name ? name : "/");
    fdt_for_each_property_offset(offset, fdt, node) {
        if (!dump_property(out, fdt, offset, depth + 1)) {
            return FALSE;
        }
    }
    fdt_for_each_subnode(offset, fdt, node) {
        g_string_append_c(out, '\n');
        if (!dump_node(out, fdt, offset, depth + 1)) {
            return FALSE;
        }
    }
    add_indent(out, depth);
    g_string_append(out, "};\n");
    return TRUE;
}

char *het_overlay_dump(GBytes *overlay, GError **error)
{
    GString *out = g_string_new("/dts-v1/;\n\n");
    gsize len;
    const void *fdt = g_bytes_get_data(overlay, &len);

    if (fdt_check_full(fdt, len) || !dump_node(out, fdt, 0, 0)) {
        g_string_free(out, TRUE);
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "not a device tree blob");
        return NULL;
    }
    return g_string_free(out, FALSE);
}
