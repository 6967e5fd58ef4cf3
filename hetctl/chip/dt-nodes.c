/*
 * What the nodes of mailboxes and remote processors have in common
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/dt-nodes.h"

/* include/dt-bindings/interrupt-controller/arm-gic.h */
#define GIC_SPI 0
#define IRQ_TYPE_EDGE_RISING 1
#define IRQ_TYPE_LEVEL_HIGH 4

/* Any rate will do. */
#define CLOCK_HZ 100000000

HetDtNode *het_dt_nodes_add(HetDtNodes *dt, const char *name, guint64 address)
{
    return het_dt_add_node(dt->root, "%s@%" G_GINT64_MODIFIER "x", name,
                           address);
}

HetDtNode *het_dt_nodes_clock(HetDtNodes *dt)
{
    if (!dt->clock) {
        dt->clock = het_dt_add_node(dt->root, "het-clock");
        het_dt_add_string(dt->clock, "compatible", "fixed-clock");
        het_dt_add_u32(dt->clock, "#clock-cells", 0);
        het_dt_add_u32(dt->clock, "clock-frequency", CLOCK_HZ);
    }
    return dt->clock;
}

HetDtNode *het_dt_nodes_narrow_bus(HetDtNodes *dt)
{
    if (!dt->bus) {
        dt->bus = het_dt_add_node(dt->root, "het-bus");
        het_dt_add_string(dt->bus, "compatible", "simple-bus");
        het_dt_nodes_add_cells(dt->bus, 1);
    }
    return dt->bus;
}

void het_dt_nodes_add_reg(HetDtNode *node, guint64 address, guint64 size)
{
    het_dt_add_u64(node, "reg", address);
    het_dt_add_u64(node, "reg", size);
}

void het_dt_nodes_add_cells(HetDtNode *node, guint32 cells)
{
    het_dt_add_u32(node, "#address-cells", cells);
    het_dt_add_u32(node, "#size-cells", cells);
    het_dt_add_flag(node, "ranges");
}

static void add_irq(HetDtNode *node, guint32 irq, guint32 type)
{
    het_dt_add_u32(node, "interrupts", GIC_SPI);
    het_dt_add_u32(node, "interrupts", irq);
    het_dt_add_u32(node, "interrupts", type);
}

void het_dt_nodes_add_level_irq(HetDtNode *node, guint32 irq)
{
    add_irq(node, irq, IRQ_TYPE_LEVEL_HIGH);
}

void het_dt_nodes_add_edge_irq(HetDtNode *node, guint32 irq)
{
    add_irq(node, irq, IRQ_TYPE_EDGE_RISING);
}
