/*
 * Reading a flattened device tree: properties, registers and their addresses
 *
 * Devicetree Specification v0.4: 2.3.6 reg, 2.3.8 ranges
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_FDT_READ_H
#define HET_FDT_READ_H

#include <glib.h>
#include <libfdt.h>

#define HET_FDT_DEPTH_MAX 64
#define HET_FDT_CELLS_MAX 4

/* A node, and those that it is in, from the root on */
typedef struct {
    const void *fdt;
    int path[HET_FDT_DEPTH_MAX];
    int depth;                  /* of them; the node is the last */
} HetFdtPath;

/* Starts at the root, where the blob must have passed fdt_check_full(). */
void het_fdt_path_init(HetFdtPath *path, const void *fdt);
/* To the next node of the file; FALSE: it was the last. */
gboolean het_fdt_path_next(HetFdtPath *path);
int het_fdt_path_node(const HetFdtPath *path);

guint32 het_fdt_u32(const void *fdt, int node, const char *name,
                    guint32 otherwise);
/* NULL: there is none, or it is no string. Of a list: its first */
const char *het_fdt_string(const void *fdt, int node, const char *name);
/* A number of @n cells, past which it goes; the lowest 64 bits. */
guint64 het_fdt_cells(const fdt32_t **cells, guint n);
gboolean het_fdt_is_enabled(const void *fdt, int node);
/* 2 or 3 if the node is Arm's generic interrupt controller, else 0 */
guint het_fdt_gic_version(const void *fdt, int node);

/*
 * Entry @index of the node's reg, as its bus numbers it. FALSE: there is no
 * such entry, or it has no size.
 */
gboolean het_fdt_reg(const HetFdtPath *path, guint index, guint64 *address,
                     guint64 *size);
/* From the node's bus to the processor. FALSE: it is none of its addresses. */
gboolean het_fdt_translate(const HetFdtPath *path, guint64 *address);

#endif
