/*
 * The device tree overlay that tells the master's Linux about the SoC
 *
 * Memory outside RAM is told as reserved-memory, where remoteproc looks for
 * it; mailboxes, boot control and the remote processors as the bindings of
 * the kernel's own drivers say. The nodes have no references to nodes of the
 * base tree: interrupt-parent is the root's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/machine.h"
#include "dt/overlay.h"
#include "soc/soc-internal.h"
#include "util/dt-writer.h"

#define X64 G_GINT64_MODIFIER "x"

#define GIC_SPI 0
#define IRQ_TYPE_EDGE_RISING 1
#define IRQ_TYPE_LEVEL_HIGH 4

/* include/dt-bindings/reset/stm32mp1-resets.h: 0x404 bit 1 */
#define MCU_R 8225
#define RCC_TZCR 0x000
#define RCC_MP_BOOTCR 0x10c

/* Any rate will do: a model needs no clock, but the driver asks for one. */
#define CLOCK_HZ 100000000

typedef struct {
    const HetSoc *soc;
    HetDtNode *overlay;         /* __overlay__ for the root */
    HetDtNode *reserved;        /* /reserved-memory */
    HetDtNode *clock;
    HetDtNode *bus;             /* with one address cell */
    GHashTable *mailboxes;      /* HetIdm -> HetDtNode */
} Builder;

static const HetMachine *master_machine(const HetSoc *soc)
{
    return het_machine_find(soc->master->arch, soc->master->machine);
}

static gboolean hits_pcie(guint64 start, guint64 size)
{
    static const HetMachineRange pcie[] = {
        { HET_ARM_VIRT_PCIE_START, HET_ARM_VIRT_PCIE_SIZE, "pcie" },
        { 0, 0, NULL },
    };

    return het_machine_range_hit(pcie, start, size) != NULL;
}

static gboolean device_hits_pcie(const HetDevice *device)
{
    for (guint i = 0; i < device->addresses->len; i++) {
        if (hits_pcie(g_array_index(device->addresses, guint64, i), 1)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean processor_hits_pcie(const HetSoc *soc, const HetProcessor *m)
{
    for (guint i = 0; i < m->maps->len; i++) {
        const HetMap *map = m->maps->pdata[i];

        if (hits_pcie(map->address, het_soc_map_size(soc, map))) {
            return TRUE;
        }
    }
    for (guint i = 0; i < m->devices->len; i++) {
        if (device_hits_pcie(m->devices->pdata[i])) {
            return TRUE;
        }
    }
    for (guint i = 0; i < m->stubs->len; i++) {
        const HetStub *stub = m->stubs->pdata[i];

        if (hits_pcie(stub->address, stub->size)) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean het_overlay_hides_pcie(const HetSoc *soc, const HetProcessor *proc)
{
    if (processor_hits_pcie(soc, proc)) {
        return TRUE;
    }
    for (guint i = 0; i < soc->idms->len; i++) {
        const HetIdm *idm = soc->idms->pdata[i];
        const HetEndpoint *e = het_idm_find_endpoint(idm, proc->name);

        if (e && hits_pcie(e->address, het_idm_mmio_size(idm->model))) {
            return TRUE;
        }
    }
    for (guint i = 0; proc->is_master && i < soc->remoteprocs->len;
         i++) {
        const HetRemoteproc *r = soc->remoteprocs->pdata[i];

        if (hits_pcie(r->address, HET_REMOTEPROC_MMIO_SIZE)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean master_has_idm(const HetSoc *soc)
{
    for (guint i = 0; i < soc->idms->len; i++) {
        if (het_idm_find_endpoint(soc->idms->pdata[i], soc->master->name)) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean het_overlay_needed(const HetSoc *soc)
{
    const HetMachine *machine = master_machine(soc);

    return machine->has_overlay && machine->has_gic &&
           (het_overlay_hides_pcie(soc, soc->master) || master_has_idm(soc));
}

static void add_interrupt(HetDtNode *node, guint32 irq, guint32 type)
{
    het_dt_add_u32(node, "interrupts", GIC_SPI);
    het_dt_add_u32(node, "interrupts", irq);
    het_dt_add_u32(node, "interrupts", type);
}

static void add_reg(HetDtNode *node, guint64 address, guint64 size)
{
    het_dt_add_u64(node, "reg", address);
    het_dt_add_u64(node, "reg", size);
}

static void add_cells(HetDtNode *node, guint32 cells)
{
    het_dt_add_u32(node, "#address-cells", cells);
    het_dt_add_u32(node, "#size-cells", cells);
    het_dt_add_flag(node, "ranges");
}

static HetDtNode *reserved_memory(Builder *b)
{
    if (!b->reserved) {
        b->reserved = het_dt_add_node(b->overlay, "reserved-memory");
        add_cells(b->reserved, 2);
    }
    return b->reserved;
}

static HetDtNode *fixed_clock(Builder *b)
{
    if (!b->clock) {
        b->clock = het_dt_add_node(b->overlay, "het-clock");
        het_dt_add_string(b->clock, "compatible", "fixed-clock");
        het_dt_add_u32(b->clock, "#clock-cells", 0);
        het_dt_add_u32(b->clock, "clock-frequency", CLOCK_HZ);
    }
    return b->clock;
}

/*
 * stm32_rproc reads dma-ranges of its parent in entries of three cells, as
 * they are on the chip, where the bus above has one address cell. The root
 * of the machine has two.
 */
static HetDtNode *narrow_bus(Builder *b)
{
    if (!b->bus) {
        b->bus = het_dt_add_node(b->overlay, "het-bus");
        het_dt_add_string(b->bus, "compatible", "simple-bus");
        add_cells(b->bus, 1);
    }
    return b->bus;
}

static void add_ipcc(Builder *b, const HetIdm *idm, const HetEndpoint *e)
{
    HetDtNode *node = het_dt_add_node(b->overlay, "mailbox@%" X64,
                                      e->address);

    het_dt_add_string(node, "compatible", "st,stm32mp1-ipcc");
    add_reg(node, e->address, het_idm_mmio_size(idm->model));
    het_dt_add_u32(node, "#mbox-cells", 1);
    het_dt_add_u32(node, "st,proc-id", e != idm->endpoints->pdata[0]);
    add_interrupt(node, g_array_index(e->irqs, guint32, 0),
                  IRQ_TYPE_LEVEL_HIGH);
    add_interrupt(node, g_array_index(e->irqs, guint32, 1),
                  IRQ_TYPE_LEVEL_HIGH);
    het_dt_add_string(node, "interrupt-names", "rx");
    het_dt_add_string(node, "interrupt-names", "tx");
    het_dt_add_phandle(node, "clocks", fixed_clock(b));
    g_hash_table_insert(b->mailboxes, (gpointer)idm, node);
}

/* No driver of the kernel knows it; one that does finds it here. */
static void add_native_idm(Builder *b, const HetIdm *idm,
                           const HetEndpoint *e)
{
    HetDtNode *node = het_dt_add_node(b->overlay, "idm@%" X64, e->address);

    het_dt_add_string(node, "compatible", "hetctl,idm");
    het_dt_add_string(node, "label", idm->name);
    add_reg(node, e->address, het_idm_mmio_size(idm->model));
    add_interrupt(node, g_array_index(e->irqs, guint32, 0),
                  IRQ_TYPE_LEVEL_HIGH);
}

static void add_hsem(Builder *b, const HetIdm *idm, const HetEndpoint *e)
{
    HetDtNode *node = het_dt_add_node(b->overlay, "hwspinlock@%" X64,
                                      e->address);

    het_dt_add_string(node, "compatible", "st,stm32-hwspinlock");
    het_dt_add_u32(node, "#hwlock-cells", 1);
    add_reg(node, e->address, het_idm_mmio_size(idm->model));
    het_dt_add_phandle(node, "clocks", fixed_clock(b));
    het_dt_add_string(node, "clock-names", "hsem");
}

static void add_idm(Builder *b, const HetIdm *idm, const HetEndpoint *e)
{
    switch (idm->model) {
    case HET_IDM_MODEL_IDM:
        add_native_idm(b, idm, e);
        break;
    case HET_IDM_MODEL_STM32_IPCC:
        add_ipcc(b, idm, e);
        break;
    case HET_IDM_MODEL_STM32_HSEM:
        add_hsem(b, idm, e);
        break;
    }
}

static void add_idms(Builder *b)
{
    for (guint i = 0; i < b->soc->idms->len; i++) {
        const HetIdm *idm = b->soc->idms->pdata[i];
        const HetEndpoint *e = het_idm_find_endpoint(idm,
                                                     b->soc->master->name);

        if (e) {
            add_idm(b, idm, e);
        }
    }
}

static HetDtNode *add_rcc(Builder *b, const HetRemoteproc *r)
{
    HetDtNode *node = het_dt_add_node(b->overlay, "rcc@%" X64, r->address);

    het_dt_add_string(node, "compatible", "st,stm32-rcc");
    het_dt_add_string(node, "compatible", "syscon");
    add_reg(node, r->address, HET_REMOTEPROC_MMIO_SIZE);
    het_dt_add_u32(node, "#reset-cells", 1);
    return node;
}

static HetDtNode *add_region(Builder *b, const HetRegion *region)
{
    const HetMap *map = het_region_find_map(b->soc, b->soc->master, region);
    guint64 address = het_map_translate(map, region->offset);
    HetDtNode *node = het_dt_add_node(reserved_memory(b), "%s@%" X64,
                                      region->name, address);

    het_dt_add_string(node, "compatible", "shared-dma-pool");
    add_reg(node, address, region->size);
    het_dt_add_flag(node, "no-map");
    return node;
}

static int compare_address(gconstpointer a, gconstpointer b)
{
    const HetTranslation *ta = a;
    const HetTranslation *tb = b;

    return (ta->pa > tb->pa) - (ta->pa < tb->pa);
}

/* The bus translates between the addresses of slave and master. */
static HetDtNode *add_slave_bus(Builder *b, GArray *translations)
{
    const HetTranslation *first = &g_array_index(translations,
                                                 HetTranslation, 0);
    HetDtNode *node = het_dt_add_node(narrow_bus(b), "ahb@%" X64, first->pa);

    het_dt_add_string(node, "compatible", "st,mlahb");
    het_dt_add_string(node, "compatible", "simple-bus");
    add_cells(node, 1);
    for (guint i = 0; i < translations->len; i++) {
        const HetTranslation *t = &g_array_index(translations,
                                                 HetTranslation, i);

        het_dt_add_u32(node, "dma-ranges", t->da);
        het_dt_add_u32(node, "dma-ranges", t->pa);
        het_dt_add_u32(node, "dma-ranges", t->size);
    }
    return node;
}

static HetDtNode *add_slave(const Builder *b, HetDtNode *bus,
                            const HetRemoteproc *r, GArray *translations)
{
    HetDtNode *node;
    guint64 next = 0;

    g_array_sort(translations, compare_address);
    node = het_dt_add_node(bus, "%s@%" X64, r->slave,
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

static void add_boot_control(HetDtNode *node, HetDtNode *rcc)
{
    het_dt_add_phandle(node, "resets", rcc);
    het_dt_add_u32(node, "resets", MCU_R);
    het_dt_add_string(node, "reset-names", "mcu_rst");
    het_dt_add_phandle(node, "st,syscfg-holdboot", rcc);
    het_dt_add_u32(node, "st,syscfg-holdboot", RCC_MP_BOOTCR);
    het_dt_add_u32(node, "st,syscfg-holdboot", 0x1);
    het_dt_add_phandle(node, "st,syscfg-tz", rcc);
    het_dt_add_u32(node, "st,syscfg-tz", RCC_TZCR);
    het_dt_add_u32(node, "st,syscfg-tz", 0x1);
}

static void add_mailboxes(const Builder *b, HetDtNode *node,
                          const HetRemoteproc *r)
{
    static const char *const names[] = { "vq0", "vq1", "shutdown", "detach" };
    const HetIdm *idm = het_soc_find_idm(b->soc, r->mailbox);
    HetDtNode *mailbox = g_hash_table_lookup(b->mailboxes, idm);

    for (guint i = 0; i < MIN(G_N_ELEMENTS(names), idm->channels); i++) {
        het_dt_add_phandle(node, "mboxes", mailbox);
        het_dt_add_u32(node, "mboxes", i);
        het_dt_add_string(node, "mbox-names", names[i]);
    }
}

static void add_remoteproc(Builder *b, const HetRemoteproc *r)
{
    const HetProcessor *slave = het_soc_find_processor(b->soc, r->slave);
    g_autoptr(GArray) translations = het_soc_get_translations(b->soc, slave);
    HetDtNode *rcc = add_rcc(b, r);
    HetDtNode *bus = add_slave_bus(b, translations);
    HetDtNode *node = add_slave(b, bus, r, translations);

    add_boot_control(node, rcc);
    for (guint i = 0; i < r->regions->len; i++) {
        het_dt_add_phandle(node, "memory-region",
                           add_region(b, r->regions->pdata[i]));
    }
    add_mailboxes(b, node, r);
    add_interrupt(node, r->irq, IRQ_TYPE_EDGE_RISING);
}

static HetDtNode *add_fragment(HetDtNode *root, guint n, const char *path)
{
    HetDtNode *fragment = het_dt_add_node(root, "fragment@%u", n);

    het_dt_add_string(fragment, "target-path", path);
    return het_dt_add_node(fragment, "__overlay__");
}

GBytes *het_overlay_build(const HetSoc *soc, GError **error)
{
    g_autoptr(HetDtNode) root = het_dt_new();
    g_autoptr(GHashTable) mailboxes = g_hash_table_new(NULL, NULL);
    Builder b = { .soc = soc, .mailboxes = mailboxes };

    if (!het_overlay_needed(soc)) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "machine '%s' of master '%s' needs no device tree "
                    "overlay", soc->master->machine, soc->master->name);
        return NULL;
    }
    b.overlay = add_fragment(root, 0, "/");
    add_idms(&b);
    for (guint i = 0; i < soc->remoteprocs->len; i++) {
        add_remoteproc(&b, soc->remoteprocs->pdata[i]);
    }
    if (het_overlay_hides_pcie(soc, soc->master)) {
        het_dt_add_string(add_fragment(root, 1, HET_ARM_VIRT_PCIE_NODE),
                          "status", "disabled");
    }
    return het_dt_write(root, error);
}
