/*
 * The hardware semaphores of the STM32MP1: reference manual RM0436, Linux's
 * drivers/hwspinlock/stm32_hwspinlock.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/idm-model.h"

#define MMIO_SIZE 0x400

/* Documentation/devicetree/bindings/hwlock/st,stm32-hwspinlock.yaml */
static HetDtNode *add_node(HetDtNodes *dt, const HetIdmBinding *binding)
{
    HetDtNode *node = het_dt_nodes_add(dt, "hwspinlock", binding->address);

    het_dt_add_string(node, "compatible", "st,stm32-hwspinlock");
    het_dt_add_u32(node, "#hwlock-cells", 1);
    het_dt_nodes_add_reg(node, binding->address, MMIO_SIZE);
    het_dt_add_phandle(node, "clocks", het_dt_nodes_clock(dt));
    het_dt_add_string(node, "clock-names", "hsem");
    return node;
}

const HetIdmModel het_idm_stm32_hsem = {
    .name = "stm32-hsem",
    .mmio_size = MMIO_SIZE,
    .channels_max = 32,
    .channels_default = 32,
    .channels_fixed = TRUE,
    .endpoints_max = 2,
    .lines = { "irq" },
    .lines_text = "1",
    .has_side = TRUE,
    .no_boot_line = TRUE,
    .add_node = add_node,
};
