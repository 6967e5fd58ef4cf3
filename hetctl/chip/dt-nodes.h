/*
 * What the nodes of mailboxes and remote processors have in common: properties
 * in the cells of the root, and nodes that several of them refer to
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DT_NODES_H
#define HET_DT_NODES_H

#include "util/dt-writer.h"

/* One device tree; its nodes belong to the root. */
typedef struct {
    HetDtNode *root;
    HetDtNode *clock;           /* NULL until asked for */
    HetDtNode *bus;             /* NULL until asked for */
} HetDtNodes;

/* "NAME@ADDRESS" below the root */
HetDtNode *het_dt_nodes_add(HetDtNodes *dt, const char *name,
                            guint64 address);
/* A clock that runs: a model needs none, but drivers ask for one. */
HetDtNode *het_dt_nodes_clock(HetDtNodes *dt);
/* A bus with one address cell, where the root has two */
HetDtNode *het_dt_nodes_narrow_bus(HetDtNodes *dt);

/* Two cells each, as in the root */
void het_dt_nodes_add_reg(HetDtNode *node, guint64 address, guint64 size);
/* For the children of @node; addresses below it are those above. */
void het_dt_nodes_add_cells(HetDtNode *node, guint32 cells);
/* @irq: number of a GIC's shared peripheral interrupt */
void het_dt_nodes_add_level_irq(HetDtNode *node, guint32 irq);
void het_dt_nodes_add_edge_irq(HetDtNode *node, guint32 irq);

#endif
