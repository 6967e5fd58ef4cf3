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
#include "soc/soc-layout.h"
#include "soc/soc-machine.h"
#include "util/dt-writer.h"

#include <libfdt.h>

#define X64 G_GINT64_MODIFIER "x"

typedef struct {
    const HetSoc *soc;
    const HetOverlayBoard *board;       /* NULL: the tree is the machine's */
    HetDtNode *root;            /* the __overlay__ for the root */
    HetDtNodes nodes;           /* there, or on a bus of their own there */
    HetDtNode *reserved;        /* /reserved-memory */
    GHashTable *mailboxes;      /* HetIdm -> HetDtNode */
} Builder;

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

        if (e && hits_pcie(e->address, idm->model->mmio_size)) {
            return TRUE;
        }
    }
    for (guint i = 0; proc->is_master && i < soc->remoteprocs->len;
         i++) {
        const HetRemoteproc *r = soc->remoteprocs->pdata[i];

        if (hits_pcie(r->address, r->model->mmio_size)) {
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
    const HetMachine *machine = het_processor_machine(soc->master);

    return machine->has_overlay && machine->has_gic &&
           (het_overlay_hides_pcie(soc, soc->master) || master_has_idm(soc));
}

/* Has the board's own tree a node for what lies at @address? */
static gboolean is_there(const HetOverlayBoard *board, guint64 address)
{
    return board && g_hash_table_contains(board->addresses, &address);
}

/* What the board's own tree has at @address, or NULL */
static HetDtNode *board_node(const Builder *b, guint64 address)
{
    gpointer phandle = b->board
                       ? g_hash_table_lookup(b->board->addresses, &address)
                       : NULL;

    return phandle ? het_dt_add_foreign(b->root, GPOINTER_TO_UINT(phandle))
                   : NULL;
}

gboolean het_overlay_has_core(const HetRemoteproc *r, const void *tree,
                              GHashTable *addresses)
{
    const char *compatible = r->model->core_compatible;

    return compatible
           ? fdt_node_offset_by_compatible(tree, -1, compatible) >= 0
           : g_hash_table_contains(addresses, &r->address);
}

static gboolean has_core(const HetOverlayBoard *board, const HetRemoteproc *r)
{
    return board && het_overlay_has_core(r, board->tree, board->addresses);
}

/* Those of the root: Linux wants no others in /reserved-memory. */
static guint address_cells(const Builder *b)
{
    return b->board ? b->board->address_cells : 2;
}

static guint size_cells(const Builder *b)
{
    return b->board ? b->board->size_cells : 2;
}

static HetDtNode *reserved_memory(Builder *b)
{
    if (!b->reserved) {
        b->reserved = het_dt_add_node(b->root, "reserved-memory");
        het_dt_add_u32(b->reserved, "#address-cells", address_cells(b));
        het_dt_add_u32(b->reserved, "#size-cells", size_cells(b));
        het_dt_add_flag(b->reserved, "ranges");
    }
    return b->reserved;
}

static void add_cells(HetDtNode *node, guint64 value, guint cells)
{
    if (cells == 1) {
        het_dt_add_u32(node, "reg", value);
    } else {
        het_dt_add_u64(node, "reg", value);
    }
}

static void add_idm(Builder *b, const HetIdm *idm, const HetEndpoint *e)
{
    const HetIdmBinding binding = {
        .name = idm->name,
        .address = e->address,
        .irqs = (const guint32 *)e->irqs->data,
        .side = e != idm->endpoints->pdata[0],
    };

    g_hash_table_insert(b->mailboxes, (gpointer)idm,
                        idm->model->add_node(&b->nodes, &binding));
}

static void add_idms(Builder *b)
{
    for (guint i = 0; i < b->soc->idms->len; i++) {
        const HetIdm *idm = b->soc->idms->pdata[i];
        const HetEndpoint *e = het_idm_find_endpoint(idm,
                                                     b->soc->master->name);

        if (e && !is_there(b->board, e->address)) {
            add_idm(b, idm, e);
        }
    }
}

static HetDtNode *add_region(Builder *b, const HetRegion *region)
{
    const HetMap *map = het_region_find_map(b->soc, b->soc->master, region);
    guint64 address = het_map_translate(map, region->offset);
    HetDtNode *node = het_dt_add_node(reserved_memory(b), "%s@%" X64,
                                      region->name, address);

    het_dt_add_string(node, "compatible", "shared-dma-pool");
    add_cells(node, address, address_cells(b));
    add_cells(node, region->size, size_cells(b));
    het_dt_add_flag(node, "no-map");
    return node;
}

/* Ours, or where it is known how a core refers to it the board's */
static HetDtNode *find_mailbox(const Builder *b, const HetRemoteproc *r)
{
    const HetIdm *idm = het_soc_find_idm(b->soc, r->mailbox);
    HetDtNode *ours = g_hash_table_lookup(b->mailboxes, idm);

    if (ours || !r->model->core_compatible) {
        return ours;
    }
    return board_node(b, het_idm_find_endpoint(idm, b->soc->master->name)
                         ->address);
}

static void add_remoteproc(Builder *b, const HetRemoteproc *r,
                           HetDtNode *mailbox)
{
    const HetProcessor *slave = het_soc_find_processor(b->soc, r->slave);
    const HetIdm *idm = het_soc_find_idm(b->soc, r->mailbox);
    g_autoptr(GArray) translations = het_soc_get_translations(b->soc, slave);
    const HetRemoteprocBinding binding = {
        .model = r->model,
        .slave = r->slave,
        .address = r->address,
        .irq = r->irq,
        .translations = translations,
        .control = board_node(b, r->address),
        .mailbox = mailbox,
        .channels = idm->channels,
    };
    HetDtNode *core = r->model->add_core(&b->nodes, &binding);

    for (guint i = 0; i < r->regions->len; i++) {
        het_dt_add_phandle(core, "memory-region",
                           add_region(b, r->regions->pdata[i]));
    }
    r->model->add_wires(core, &binding);
}

static HetDtNode *add_fragment(HetDtNode *root, guint n, const char *path)
{
    HetDtNode *fragment = het_dt_add_node(root, "fragment@%u", n);

    het_dt_add_string(fragment, "target-path", path);
    return het_dt_add_node(fragment, "__overlay__");
}

static gboolean add_remoteprocs(Builder *b, GError **error)
{
    for (guint i = 0; i < b->soc->remoteprocs->len; i++) {
        const HetRemoteproc *r = b->soc->remoteprocs->pdata[i];
        HetDtNode *mailbox = find_mailbox(b, r);

        if (has_core(b->board, r)) {
            continue;
        }
        if (!mailbox) {
            het_xml_location_fail(error, r->at, "remoteproc of '%s': the "
                                  "device tree has a node for mailbox '%s' "
                                  "but none at 0x%" X64 ": is that the "
                                  "address of the chip?", r->slave,
                                  r->mailbox, r->address);
            return FALSE;
        }
        add_remoteproc(b, r, mailbox);
    }
    return TRUE;
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
    b.root = b.nodes.root = add_fragment(root, 0, "/");
    add_idms(&b);
    if (!add_remoteprocs(&b, error)) {
        return NULL;
    }
    if (het_overlay_hides_pcie(soc, soc->master)) {
        het_dt_add_string(add_fragment(root, 1, HET_ARM_VIRT_PCIE_NODE),
                          "status", "disabled");
    }
    return het_dt_write(root, error);
}

/* ---- a board's tree ---- */

static gboolean is_complete(const HetSoc *soc, const HetOverlayBoard *board)
{
    for (guint i = 0; i < soc->idms->len; i++) {
        const HetEndpoint *e = het_idm_find_endpoint(soc->idms->pdata[i],
                                                     soc->master->name);

        if (e && !is_there(board, e->address)) {
            return FALSE;
        }
    }
    for (guint i = 0; i < soc->remoteprocs->len; i++) {
        const HetRemoteproc *r = soc->remoteprocs->pdata[i];

        if (!has_core(board, r)) {
            return FALSE;
        }
    }
    return het_processor_virtio(soc->master).n == 0;
}

/* Documentation/devicetree/bindings/virtio/mmio.yaml */
static void add_virtio(Builder *b)
{
    HetVirtio virtio = het_processor_virtio(b->soc->master);

    for (guint i = 0; i < virtio.n; i++) {
        guint64 address = virtio.address + i * HET_VIRTIO_SIZE;
        HetDtNode *node = het_dt_nodes_add(&b->nodes, "virtio_mmio", address);

        het_dt_add_string(node, "compatible", "virtio,mmio");
        het_dt_nodes_add_reg(node, address, HET_VIRTIO_SIZE);
        het_dt_nodes_add_edge_irq(node, virtio.irq + i);
        het_dt_add_flag(node, "dma-coherent");
    }
}

/* A bus whose cells and interrupts are what our nodes are written for */
static HetDtNode *add_bus(HetDtNode *root, const HetOverlayBoard *board)
{
    HetDtNode *bus = het_dt_add_node(root, "het-soc");

    het_dt_add_string(bus, "compatible", "simple-bus");
    het_dt_nodes_add_cells(bus, 2);
    het_dt_add_u32(bus, "interrupt-parent", board->gic);
    return bus;
}

gboolean het_overlay_build_for_board(const HetSoc *soc,
                                     const HetOverlayBoard *board,
                                     GBytes **overlay, GError **error)
{
    g_autoptr(HetDtNode) root = het_dt_new();
    g_autoptr(GHashTable) mailboxes = g_hash_table_new(NULL, NULL);
    Builder b = { .soc = soc, .board = board, .mailboxes = mailboxes };

    *overlay = NULL;
    if (is_complete(soc, board)) {
        return TRUE;
    }
    b.root = add_fragment(root, 0, "/");
    b.nodes.root = add_bus(b.root, board);
    add_virtio(&b);
    add_idms(&b);
    if (!add_remoteprocs(&b, error)) {
        return FALSE;
    }
    *overlay = het_dt_write(root, error);
    return *overlay != NULL;
}
