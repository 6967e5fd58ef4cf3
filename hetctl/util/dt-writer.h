/*
 * A device tree in memory, written as a blob with __local_fixups__
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DT_WRITER_H
#define HET_DT_WRITER_H

#include "util/error.h"

typedef struct HetDtNode HetDtNode;

/* The root. Children belong to their parent. */
HetDtNode *het_dt_new(void);
void het_dt_free(HetDtNode *node);

HetDtNode *het_dt_add_node(HetDtNode *parent, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

/*
 * Each call appends to the property, which is made by the first. A property
 * that is only a flag is made by het_dt_add_flag().
 */
void het_dt_add_flag(HetDtNode *node, const char *property);
void het_dt_add_string(HetDtNode *node, const char *property,
                       const char *value);
void het_dt_add_u32(HetDtNode *node, const char *property, guint32 value);
/* Two cells. */
void het_dt_add_u64(HetDtNode *node, const char *property, guint64 value);
/* A reference to @target, which gets a phandle. */
void het_dt_add_phandle(HetDtNode *node, const char *property,
                        HetDtNode *target);

/*
 * What stands for a node of the tree that the overlay goes to: a target for
 * het_dt_add_phandle(), with the phandle that it has there
 */
HetDtNode *het_dt_add_foreign(HetDtNode *parent, guint32 phandle);

/*
 * The blob. Where references stand is noted in __local_fixups__, so that
 * fdt_overlay_apply() can renumber phandles.
 */
GBytes *het_dt_write(HetDtNode *root, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetDtNode, het_dt_free)

#endif
