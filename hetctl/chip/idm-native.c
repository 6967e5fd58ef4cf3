/*
 * The front end of our own: see docs/idm.md
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/idm-model.h"

#define MMIO_SIZE 0x1000

/* No driver of the kernel knows it; one that does finds it here. */
static HetDtNode *add_node(HetDtNodes *dt, const HetIdmBinding *binding)
{
    HetDtNode *node = het_dt_nodes_add(dt, "idm", binding->address);

    het_dt_add_string(node, "compatible", "hetctl,idm");
    het_dt_add_string(node, "label", binding->name);
    het_dt_nodes_add_reg(node, binding->address, MMIO_SIZE);
    het_dt_nodes_add_level_irq(node, binding->irqs[0]);
    return node;
}

const HetIdmModel het_idm_native = {
    .name = "idm",
    .mmio_size = MMIO_SIZE,
    .channels_max = 32,
    .channels_default = 32,
    .endpoints_max = 17,
    .lines = { "irq" },
    .lines_text = "1",
    .add_node = add_node,
};
