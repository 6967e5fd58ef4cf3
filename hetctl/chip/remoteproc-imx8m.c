/*
 * The Cortex-M4 of the i.MX8M Mini and Quad: Linux's
 * drivers/remoteproc/imx_rproc.c, reference manual IMX8MMRM
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/remoteproc-model.h"

#define MMIO_SIZE 0x10000

/* imx-mailbox's types of a channel; NXP's firmware uses number 1 of each. */
enum { TX, RX, TX_DOORBELL, RX_DOORBELL };
#define CHANNEL 1

static const struct {
    const char *name;
    guint32 type;
} mailboxes[] = {
    { "tx", TX },
    { "rx", RX },
    { "rxdb", RX_DOORBELL },
};

/* Documentation/devicetree/bindings/reset/fsl,imx7-src.yaml */
static HetDtNode *add_src(HetDtNodes *dt, const HetRemoteprocBinding *b)
{
    HetDtNode *node = het_dt_nodes_add(dt, "reset-controller", b->address);

    het_dt_add_string(node, "compatible", "fsl,imx8mq-src");
    het_dt_add_string(node, "compatible", "syscon");
    het_dt_nodes_add_reg(node, b->address, MMIO_SIZE);
    het_dt_add_u32(node, "#reset-cells", 1);
    return node;
}

/* Documentation/devicetree/bindings/remoteproc/fsl,imx-rproc.yaml */
static HetDtNode *add_core(HetDtNodes *dt, const HetRemoteprocBinding *b)
{
    HetDtNode *src = b->control ?: add_src(dt, b);
    HetDtNode *node = het_dt_add_node(dt->root, "remoteproc-%s", b->slave);

    het_dt_add_string(node, "compatible", b->model->core_compatible);
    het_dt_add_phandle(node, "syscon", src);
    het_dt_add_phandle(node, "clocks", het_dt_nodes_clock(dt));
    return node;
}

static void add_wires(HetDtNode *core, const HetRemoteprocBinding *b)
{
    for (guint i = 0; i < G_N_ELEMENTS(mailboxes); i++) {
        het_dt_add_phandle(core, "mboxes", b->mailbox);
        het_dt_add_u32(core, "mboxes", mailboxes[i].type);
        het_dt_add_u32(core, "mboxes", CHANNEL);
        het_dt_add_string(core, "mbox-names", mailboxes[i].name);
    }
}

/* The driver takes the first region for its buffers, whatever its name. */
#define IMX8M                                                       \
    .device = "imx8m-src", .mmio_size = MMIO_SIZE, .has_no_irq = TRUE, \
    .mailbox_model = "imx-mu", .channels_min = 8,                   \
    .master_arch = "aarch64", .first_region = "vdev0buffer",        \
    .add_core = add_core, .add_wires = add_wires

const HetRemoteprocModel het_remoteproc_imx8mm = {
    .name = "imx8mm", .core_compatible = "fsl,imx8mm-cm4", IMX8M,
};

const HetRemoteprocModel het_remoteproc_imx8mq = {
    .name = "imx8mq", .core_compatible = "fsl,imx8mq-cm4", IMX8M,
};
