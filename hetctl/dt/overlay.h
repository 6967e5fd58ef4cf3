/*
 * The device tree overlay that tells the master's Linux about the SoC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_OVERLAY_H
#define HET_OVERLAY_H

#include "soc/soc.h"

/*
 * Does the master's machine make a device tree, and is there something to
 * add to it? Without, no overlay is written and het_overlay_build() fails.
 */
gboolean het_overlay_needed(const HetSoc *soc);

/* Does anything lie where the PCI Express bridge of arm virt has its windows? */
gboolean het_overlay_hides_pcie(const HetSoc *soc, const HetProcessor *proc);

/* A .dtbo for fdt_overlay_apply(). @soc must be valid. */
GBytes *het_overlay_build(const HetSoc *soc, GError **error);

/* The blob as text in the style of a .dts file. */
char *het_overlay_dump(GBytes *overlay, GError **error);

/*
 * Has a tree the core of @r? Of some chips a board's has its boot control and
 * mailbox, which the core refers to, but not the core.
 */
gboolean het_overlay_has_core(const HetRemoteproc *r, const void *tree,
                              GHashTable *addresses);

/* What the overlay for a board's tree has to know of that */
typedef struct {
    const void *tree;           /* the blob */
    GHashTable *addresses;      /* guint64, where its nodes have registers:
                                   their phandles, 0 if one has none */
    guint32 gic;                /* phandle of the interrupt controller */
    guint address_cells;        /* of the root */
    guint size_cells;
} HetOverlayBoard;

/*
 * Nodes for those IDMs, remote processors and virtio transports of the master
 * that the board's tree does not have itself. @overlay: NULL, it has all.
 */
gboolean het_overlay_build_for_board(const HetSoc *soc,
                                     const HetOverlayBoard *board,
                                     GBytes **overlay, GError **error);

#endif
