/*
 * Reading a flattened device tree: properties, registers and their addresses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/fdt-read.h"

#include <string.h>

/* More than any bus has; bounds the time that a file can ask for */
#define ROWS_MAX 1024

void het_fdt_path_init(HetFdtPath *path, const void *fdt)
{
    path->fdt = fdt;
    path->path[0] = 0;
    path->depth = 1;
}

gboolean het_fdt_path_next(HetFdtPath *path)
{
    int depth = path->depth - 1;
    int node = het_fdt_path_node(path);

    do {
        node = fdt_next_node(path->fdt, node, &depth);
        if (node < 0 || depth < 0) {
            return FALSE;
        }
    } while (depth >= HET_FDT_DEPTH_MAX);
    path->path[depth] = node;
    path->depth = depth + 1;
    return TRUE;
}

int het_fdt_path_node(const HetFdtPath *path)
{
    return path->path[path->depth - 1];
}

guint32 het_fdt_u32(const void *fdt, int node, const char *name,
                    guint32 otherwise)
{
    int len;
    const fdt32_t *value = fdt_getprop(fdt, node, name, &len);

    return value && len == sizeof(*value) ? fdt32_ld(value) : otherwise;
}

const char *het_fdt_string(const void *fdt, int node, const char *name)
{
    int len;
    const char *value = fdt_getprop(fdt, node, name, &len);

    return value && len > 0 && !value[len - 1] ? value : NULL;
}

guint64 het_fdt_cells(const fdt32_t **cells, guint n)
{
    guint64 value = 0;

    for (guint i = 0; i < n; i++) {
        value = value << 32 | fdt32_ld((*cells)++);
    }
    return value;
}

gboolean het_fdt_is_enabled(const void *fdt, int node)
{
    const char *status = het_fdt_string(fdt, node, "status");

    return !status || !strcmp(status, "okay") || !strcmp(status, "ok");
}

guint het_fdt_gic_version(const void *fdt, int node)
{
    static const struct {
        const char *compatible;
        guint version;
    } gics[] = {
        { "arm,cortex-a7-gic", 2 }, { "arm,cortex-a9-gic", 2 },
        { "arm,cortex-a15-gic", 2 }, { "arm,gic-400", 2 },
        { "arm,gic-v3", 3 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(gics); i++) {
        if (fdt_node_check_compatible(fdt, node, gics[i].compatible) == 0) {
            return gics[i].version;
        }
    }
    return 0;
}

gboolean het_fdt_reg(const HetFdtPath *path, guint index, guint64 *address,
                     guint64 *size)
{
    int parent = path->depth > 1 ? path->path[path->depth - 2] : -1;
    guint address_cells, size_cells, row;
    const fdt32_t *cells;
    int len;

    if (parent < 0) {
        return FALSE;
    }
    address_cells = het_fdt_u32(path->fdt, parent, "#address-cells", 2);
    size_cells = het_fdt_u32(path->fdt, parent, "#size-cells", 1);
    cells = fdt_getprop(path->fdt, het_fdt_path_node(path), "reg", &len);
    if (!cells || !size_cells || address_cells > HET_FDT_CELLS_MAX ||
        size_cells > HET_FDT_CELLS_MAX) {
        return FALSE;
    }
    row = address_cells + size_cells;
    if (index >= len / sizeof(*cells) / row) {
        return FALSE;
    }
    cells += index * row;
    *address = het_fdt_cells(&cells, address_cells);
    *size = het_fdt_cells(&cells, size_cells);
    return TRUE;
}

static gboolean translate_once(const void *fdt, int bus, int parent,
                               guint64 *address)
{
    guint child_cells = het_fdt_u32(fdt, bus, "#address-cells", 2);
    guint size_cells = het_fdt_u32(fdt, bus, "#size-cells", 1);
    guint parent_cells = het_fdt_u32(fdt, parent, "#address-cells", 2);
    guint row = child_cells + parent_cells + size_cells;
    int len;
    const fdt32_t *cells = fdt_getprop(fdt, bus, "ranges", &len);

    if (!cells || child_cells > HET_FDT_CELLS_MAX ||
        parent_cells > HET_FDT_CELLS_MAX || size_cells > HET_FDT_CELLS_MAX) {
        return FALSE;
    }
    if (len == 0) {
        return TRUE;
    }
    for (guint n = MIN(len / sizeof(*cells), ROWS_MAX * row);
         row && n >= row; n -= row) {
        guint64 child = het_fdt_cells(&cells, child_cells);
        guint64 start = het_fdt_cells(&cells, parent_cells);
        guint64 size = het_fdt_cells(&cells, size_cells);

        if (*address >= child && *address - child < size) {
            *address = start + (*address - child);
            return TRUE;
        }
    }
    return FALSE;
}

gboolean het_fdt_translate(const HetFdtPath *path, guint64 *address)
{
    for (int i = path->depth - 2; i > 0; i--) {
        if (!translate_once(path->fdt, path->path[i], path->path[i - 1],
                            address)) {
            return FALSE;
        }
    }
    return TRUE;
}
