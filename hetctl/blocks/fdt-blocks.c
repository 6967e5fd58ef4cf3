/*
 * The register blocks that a flattened device tree describes
 *
 * Devicetree Specification v0.4: 2.3.6 reg, 2.3.8 ranges, 2.4 interrupts. The
 * kernel's bindings of arm,gic and arm,armv7m-nvic say what the cells mean.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "blocks/blocks-internal.h"

#include <string.h>

#include "util/fdt-read.h"

typedef struct {
    HetBlocks *blocks;
    const void *fdt;
    const char *source;
    GHashTable *phandles;       /* number -> offset of the node */
    HetFdtPath at;
} Walk;

static const struct {
    const char *compatible;     /* a part of one of the strings */
    const char *why;
} left_out[] = {
    { "arm,armv7m-nvic", "the interrupt controller is the machine's" },
    { "mmio-sram", "it is memory: a <memory> and a <map>" },
    { "st,stm32mp1-m4", "it is memory: a <memory> and a <map>" },
};

/* ---- properties ---- */

static gboolean has_compatible(const void *fdt, int node, const char *name)
{
    return fdt_node_check_compatible(fdt, node, name) == 0;
}

/* ---- interrupts ---- */

static int find_phandle(const Walk *w, guint32 phandle)
{
    gpointer offset;

    return g_hash_table_lookup_extended(w->phandles,
                                        GUINT_TO_POINTER(phandle), NULL,
                                        &offset)
           ? GPOINTER_TO_INT(offset) : -1;
}

static GHashTable *all_phandles(const void *fdt)
{
    GHashTable *phandles = g_hash_table_new(NULL, NULL);

    for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
        guint32 phandle = het_fdt_u32(fdt, node, "phandle", 0);

        if (phandle) {
            g_hash_table_insert(phandles, GUINT_TO_POINTER(phandle),
                                GINT_TO_POINTER(node));
        }
    }
    return phandles;
}

static int interrupt_parent(const Walk *w)
{
    for (int i = w->at.depth - 1; i >= 0; i--) {
        guint32 phandle = het_fdt_u32(w->fdt, w->at.path[i],
                                      "interrupt-parent", 0);

        if (phandle) {
            return find_phandle(w, phandle);
        }
    }
    return -1;
}

static void add_interrupt(const Walk *w, HetBlock *block, int controller,
                          const fdt32_t *cells, guint n)
{
    const char *name = het_fdt_string(w->fdt, controller, "compatible");

    if (n == 3 && fdt32_ld(cells) <= 1) {
        het_block_note(block, "%s %u", fdt32_ld(cells) ? "PPI" : "SPI",
                       fdt32_ld(cells + 1));
    } else if (has_compatible(w->fdt, controller, "arm,armv7m-nvic")) {
        het_block_note(block, "irq %u", fdt32_ld(cells));
    } else {
        het_block_note(block, "%s %u", name ?: "line", fdt32_ld(cells));
    }
}

static void add_interrupts(const Walk *w, int node, HetBlock *block)
{
    int controller = interrupt_parent(w);
    guint n = controller < 0 ? 0 : het_fdt_u32(w->fdt, controller,
                                           "#interrupt-cells", 0);
    int len;
    const fdt32_t *cells = fdt_getprop(w->fdt, node, "interrupts", &len);

    for (guint left = cells ? len / sizeof(*cells) : 0;
         n && left >= n; left -= n, cells += n) {
        add_interrupt(w, block, controller, cells, n);
    }
}

static void add_extended(const Walk *w, int node, HetBlock *block)
{
    int len;
    const fdt32_t *cells = fdt_getprop(w->fdt, node, "interrupts-extended",
                                       &len);
    guint left = cells ? len / sizeof(*cells) : 0;

    while (left) {
        int controller = find_phandle(w, fdt32_ld(cells));
        guint n = controller < 0 ? 0 : het_fdt_u32(w->fdt, controller,
                                               "#interrupt-cells", 0);

        if (!n || n > left - 1) {
            return;
        }
        add_interrupt(w, block, controller, cells + 1, n);
        left -= n + 1;
        cells += n + 1;
    }
}

/* ---- nodes ---- */

static const char *why_left_out(const Walk *w, int node)
{
    if (het_fdt_gic_version(w->fdt, node)) {
        return "the interrupt controller is the machine's";
    }
    for (gsize i = 0; i < G_N_ELEMENTS(left_out); i++) {
        if (has_compatible(w->fdt, node, left_out[i].compatible)) {
            return left_out[i].why;
        }
    }
    return NULL;
}

static char *block_name(const Walk *w, int node, guint index)
{
    const char *name = fdt_get_name(w->fdt, node, NULL) ?: "";
    int len = strcspn(name, "@");

    return index ? g_strdup_printf("%.*s-%u", len, name, index)
                 : g_strndup(name, len);
}

static gboolean add_block(const Walk *w, int node, guint index,
                          guint64 address, guint64 size, GError **error)
{
    g_autofree char *name = block_name(w, node, index);
    const char *compatible = het_fdt_string(w->fdt, node, "compatible");
    HetBlock *block = het_blocks_add(w->blocks, name, address, size);

    if (!block) {
        return het_blocks_fail(error, w->source, "more than %d blocks",
                               HET_BLOCKS_MAX);
    }
    if (compatible) {
        het_block_note(block, "%s", compatible);
    }
    if (!index) {
        add_interrupts(w, node, block);
        add_extended(w, node, block);
    }
    block->left_out = g_strdup(why_left_out(w, node));
    return TRUE;
}

static void note_memory(const Walk *w)
{
    HetBlocksCluster *cluster = &w->blocks->cluster;
    guint64 address, size;

    if (!cluster->ram_size && het_fdt_reg(&w->at, 0, &address, &size)) {
        cluster->ram_base = address;
        cluster->ram_size = size;
    }
}

static void note_cluster(const Walk *w, int node)
{
    HetBlocksCluster *cluster = &w->blocks->cluster;
    guint version = het_fdt_gic_version(w->fdt, node);
    guint64 size;

    for (guint i = 0; version && !cluster->gic_version &&
         i < G_N_ELEMENTS(cluster->gic); i++) {
        if (!het_fdt_reg(&w->at, i, &cluster->gic[i], &size) ||
            !het_fdt_translate(&w->at, &cluster->gic[i])) {
            return;
        }
    }
    cluster->gic_version = cluster->gic_version ?: version;
    if (has_compatible(w->fdt, node, "arm,armv7-timer") ||
        has_compatible(w->fdt, node, "arm,armv8-timer")) {
        cluster->timer_hz = het_fdt_u32(w->fdt, node, "clock-frequency", 0);
    }
}

static gboolean add_node(const Walk *w, int node, GError **error)
{
    const char *type = het_fdt_string(w->fdt, node, "device_type");
    guint64 address, size;

    if (!g_strcmp0(type, "memory")) {
        note_memory(w);
        return TRUE;
    }
    /* Registers of a bus are where those of the devices on it are. */
    if (has_compatible(w->fdt, node, "simple-bus")) {
        return TRUE;
    }
    note_cluster(w, node);
    for (guint i = 0; i < HET_BLOCKS_MAX &&
         het_fdt_reg(&w->at, i, &address, &size); i++) {
        if (size && het_fdt_translate(&w->at, &address) &&
            !add_block(w, node, i, address, size, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* What is below a node that is disabled is so, too. */
static gboolean walk(Walk *w, int node, GError **error)
{
    int child;

    if (w->at.depth >= HET_FDT_DEPTH_MAX) {
        return het_blocks_fail(error, w->source,
                               "more than %d nodes inside each other",
                               HET_FDT_DEPTH_MAX);
    }
    w->at.path[w->at.depth++] = node;
    if (w->at.depth > 1 && !add_node(w, node, error)) {
        return FALSE;
    }
    fdt_for_each_subnode(child, w->fdt, node) {
        const char *name = fdt_get_name(w->fdt, child, NULL);

        if (het_fdt_is_enabled(w->fdt, child) && g_strcmp0(name, "reserved-memory") &&
            g_strcmp0(name, "cpus") && !walk(w, child, error)) {
            return FALSE;
        }
    }
    w->at.depth--;
    return TRUE;
}

/* "arm,cortex-a7" is QEMU's cortex-a7. */
static void find_cpu(HetBlocks *blocks, const void *fdt)
{
    int cpus = fdt_path_offset(fdt, "/cpus");
    int node;

    if (cpus < 0) {
        return;
    }
    fdt_for_each_subnode(node, fdt, cpus) {
        const char *compatible = het_fdt_string(fdt, node, "compatible");

        if (compatible && g_str_has_prefix(compatible, "arm,cortex-") &&
            strlen(compatible) < 32) {
            blocks->cpu = blocks->cpu ?: g_strdup(compatible +
                                                  strlen("arm,"));
            blocks->cluster.cores++;
        }
    }
}

gboolean het_blocks_parse_fdt(HetBlocks *blocks, const char *data, gsize len,
                              const char *source, GError **error)
{
    Walk w = {
        .blocks = blocks, .fdt = data, .source = source, .at.fdt = data,
    };
    g_autoptr(GHashTable) phandles = NULL;
    const char *model;
    int ret = fdt_check_full(data, len);

    if (ret) {
        return het_blocks_fail(error, source, "no valid device tree: %s",
                               fdt_strerror(ret));
    }
    model = het_fdt_string(data, 0, "model");
    blocks->title = g_strdup(model);
    find_cpu(blocks, data);
    w.phandles = phandles = all_phandles(data);
    return walk(&w, 0, error);
}
