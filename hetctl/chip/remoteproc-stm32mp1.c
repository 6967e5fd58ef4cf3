/*
 * The Cortex-M4 of the STM32MP1: Linux's drivers/remoteproc/stm32_rproc.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/remoteproc-model.h"

#define X64 G_GINT64_MODIFIER "x"

#define MMIO_SIZE 0x1000
#define RCC_TZCR 0x000
#define RCC_MP_BOOTCR 0x10c
/* On the chip they are backup registers of TAMP. */
#define RCC_COPRO_RSC_TBL 0xf00
#define RCC_COPRO_STATE 0xf04
/* include/dt-bindings/reset/stm32mp1-resets.h: 0x404 bit 1 */
#define MCU_R 8225

/* In the order of the mailbox's channels; the last one is optional. */
static const char *const mailboxes[] = { "vq0", "vq1", "shutdown", "detach" };

static HetDtNode *add_rcc(HetDtNodes *dt, const HetRemoteprocBinding *b)
{
    HetDtNode *node = het_dt_nodes_add(dt, "rcc", b->address);

    het_dt_add_string(node, "compatible", "st,stm32-rcc");
    het_dt_add_string(node, "compatible", "syscon");
    het_dt_nodes_add_reg(node, b->address, MMIO_SIZE);
    het_dt_add_u32(node, "#reset-cells", 1);
    return node;
}

static int compare_address(gconstpointer a, gconstpointer b)
{
    const HetTranslation *ta = a;
    const HetTranslation *tb = b;

    return (ta->pa > tb->pa) - (ta->pa < tb->pa);
}

/*
 * The bus translates between the addresses of slave and master. stm32_rproc
 * reads dma-ranges of its parent in entries of three cells, as they are on
 * the chip, where the bus above has one address cell.
 */
static HetDtNode *add_bus(HetDtNodes *dt, const HetRemoteprocBinding *b)
{
    const HetTranslation *first = &g_array_index(b->translations,
                                                 HetTranslation, 0);
    HetDtNode *node = het_dt_add_node(het_dt_nodes_narrow_bus(dt),
                                      "ahb@%" X64, first->pa);

    het_dt_add_string(node, "compatible", "st,mlahb");
    het_dt_add_string(node, "compatible", "simple-bus");
    het_dt_nodes_add_cells(node, 1);
    for (guint i = 0; i < b->translations->len; i++) {
        const HetTranslation *t = &g_array_index(b->translations,
                                                 HetTranslation, i);

        het_dt_add_u32(node, "dma-ranges", t->da);
        het_dt_add_u32(node, "dma-ranges", t->pa);
        het_dt_add_u32(node, "dma-ranges", t->size);
    }
    return node;
}

static HetDtNode *add_slave(HetDtNode *bus, const HetRemoteprocBinding *b)
{
    GArray *translations = b->translations;
    HetDtNode *node;
    guint64 next = 0;

    g_array_sort(translations, compare_address);
    node = het_dt_add_node(bus, "%s@%" X64, b->slave,
                           g_array_index(translations, HetTranslation,
                                         0).pa);
    het_dt_add_string(node, "compatible", "st,stm32mp1-m4");
    for (guint i = 0; i < translations->len; i++) {
        const HetTranslation *t = &g_array_index(translations,
                                                 HetTranslation, i);

        if (t->pa >= next) {
            het_dt_add_u32(node, "reg", t->pa);
            het_dt_add_u32(node, "reg", t->size);
            next = t->pa + t->size;
        }
    }
    return node;
}

static void add_syscon(HetDtNode *node, const char *name, HetDtNode *rcc,
                       guint32 reg, guint32 mask)
{
    het_dt_add_phandle(node, name, rcc);
    het_dt_add_u32(node, name, reg);
    het_dt_add_u32(node, name, mask);
}

static void add_boot_control(HetDtNode *node, HetDtNode *rcc)
{
    het_dt_add_phandle(node, "resets", rcc);
    het_dt_add_u32(node, "resets", MCU_R);
    het_dt_add_string(node, "reset-names", "mcu_rst");
    add_syscon(node, "st,syscfg-holdboot", rcc, RCC_MP_BOOTCR, 0x1);
    add_syscon(node, "st,syscfg-tz", rcc, RCC_TZCR, 0x1);
    add_syscon(node, "st,syscfg-rsc-tbl", rcc, RCC_COPRO_RSC_TBL,
               G_MAXUINT32);
    add_syscon(node, "st,syscfg-m4-state", rcc, RCC_COPRO_STATE, G_MAXUINT32);
}

static HetDtNode *add_core(HetDtNodes *dt, const HetRemoteprocBinding *b)
{
    HetDtNode *rcc = add_rcc(dt, b);
    HetDtNode *node = add_slave(add_bus(dt, b), b);

    add_boot_control(node, rcc);
    return node;
}

static void add_wires(HetDtNode *core, const HetRemoteprocBinding *b)
{
    for (guint i = 0; i < MIN(G_N_ELEMENTS(mailboxes), b->channels); i++) {
        het_dt_add_phandle(core, "mboxes", b->mailbox);
        het_dt_add_u32(core, "mboxes", i);
        het_dt_add_string(core, "mbox-names", mailboxes[i]);
    }
    het_dt_nodes_add_edge_irq(core, b->irq);
}

const HetRemoteprocModel het_remoteproc_stm32mp1 = {
    .name = "stm32mp1",
    .device = "stm32mp1-rcc",
    .mmio_size = MMIO_SIZE,
    .has_backup = TRUE,
    .mailbox_model = "stm32-ipcc",
    .channels_min = G_N_ELEMENTS(mailboxes) - 1,
    .add_core = add_core,
    .add_wires = add_wires,
};
