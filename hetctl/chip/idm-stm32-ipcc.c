/*
 * The mailbox of the STM32MP1: reference manual RM0436, Linux's
 * drivers/mailbox/stm32-ipcc.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/idm-model.h"

#define MMIO_SIZE 0x400

/* Documentation/devicetree/bindings/mailbox/st,stm32-ipcc.yaml */
static HetDtNode *add_node(HetDtNodes *dt, const HetIdmBinding *binding)
{
    HetDtNode *node = het_dt_nodes_add(dt, "mailbox", binding->address);

    het_dt_add_string(node, "compatible", "st,stm32mp1-ipcc");
    het_dt_nodes_add_reg(node, binding->address, MMIO_SIZE);
    het_dt_add_u32(node, "#mbox-cells", 1);
    het_dt_add_u32(node, "st,proc-id", binding->side);
    het_dt_nodes_add_level_irq(node, binding->irqs[0]);
    het_dt_nodes_add_level_irq(node, binding->irqs[1]);
    het_dt_add_string(node, "interrupt-names", "rx");
    het_dt_add_string(node, "interrupt-names", "tx");
    het_dt_add_phandle(node, "clocks", het_dt_nodes_clock(dt));
    return node;
}

const HetIdmModel het_idm_stm32_ipcc = {
    .name = "stm32-ipcc",
    .mmio_size = MMIO_SIZE,
    .channels_max = 16,
    .channels_default = 6,
    .endpoints_max = 2,
    .lines = { "irq-rx", "irq-tx" },
    .lines_text = "2: receive and transmit",
    .has_side = TRUE,
    .add_node = add_node,
};
