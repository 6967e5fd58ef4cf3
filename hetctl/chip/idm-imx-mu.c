/*
 * The messaging unit of NXP's i.MX, of both layouts: reference manual
 * IMX8MMRM, Linux's drivers/mailbox/imx-mailbox.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/idm-model.h"

#define MMIO_SIZE 0x10000

/* Documentation/devicetree/bindings/mailbox/fsl,mu.yaml */
static HetDtNode *add_mailbox(HetDtNodes *dt, const HetIdmBinding *binding,
                              const char *chip, const char *driver)
{
    HetDtNode *node = het_dt_nodes_add(dt, "mailbox", binding->address);

    if (chip) {
        het_dt_add_string(node, "compatible", chip);
    }
    het_dt_add_string(node, "compatible", driver);
    het_dt_nodes_add_reg(node, binding->address, MMIO_SIZE);
    het_dt_add_u32(node, "#mbox-cells", 2);
    het_dt_nodes_add_level_irq(node, binding->irqs[0]);
    het_dt_add_phandle(node, "clocks", het_dt_nodes_clock(dt));
    if (binding->side == 1) {
        het_dt_add_flag(node, "fsl,mu-side-b");
    }
    return node;
}

static HetDtNode *add_node(HetDtNodes *dt, const HetIdmBinding *binding)
{
    return add_mailbox(dt, binding, "fsl,imx8mm-mu", "fsl,imx6sx-mu");
}

static HetDtNode *add_imx8ulp_node(HetDtNodes *dt,
                                   const HetIdmBinding *binding)
{
    return add_mailbox(dt, binding, NULL, "fsl,imx8ulp-mu");
}

#define IMX_MU                                                      \
    .mmio_size = MMIO_SIZE, .channels_max = 8, .channels_default = 8, \
    .channels_fixed = TRUE, .endpoints_max = 2, .lines = { "irq" }, \
    .lines_text = "1", .has_side = TRUE

const HetIdmModel het_idm_imx_mu = {
    .name = "imx-mu", .add_node = add_node, IMX_MU,
};

const HetIdmModel het_idm_imx8ulp_mu = {
    .name = "imx8ulp-mu", .add_node = add_imx8ulp_node, IMX_MU,
};
