/*
 * The memory map of a SoC: what lies in the address space of each processor
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "map/memmap-build.h"

#include "soc/soc-machine.h"
#include "map/memmap-align.h"
#include "map/memmap-internal.h"
#include "soc/soc-layout.h"

/* Far more than a picture shows; bounds what a hostile XML can ask for. */
#define BLOCKS_MAX 4096
/* What a device has at least, and soc-validate takes into account */
#define DEVICE_SIZE 4

/* ---- blocks of a column ---- */

/* A block of one part, which takes @name */
static void add_single(HetMemmapColumn *column, HetBlockKind kind,
                       const char *block_name, const char *part_kind,
                       char *name, guint64 address, guint64 size)
{
    HetMemmapBlock *block = het_memmap_add_block(column, kind, block_name,
                                                 address, size);

    het_memmap_add_part(block, part_kind, name, address, size);
}

static int compare_offsets(gconstpointer a, gconstpointer b)
{
    guint64 x = *(const guint64 *)a;
    guint64 y = *(const guint64 *)b;

    return x < y ? -1 : x > y;
}

static void add_cuts(const HetSoc *soc, const HetProcessor *proc,
                     const char *memory, GArray *cuts)
{
    for (guint i = 0; i < proc->maps->len; i++) {
        const HetMap *map = proc->maps->pdata[i];
        guint64 end = map->offset + het_soc_map_size(soc, map);

        if (g_str_equal(map->memory, memory)) {
            g_array_append_val(cuts, map->offset);
            g_array_append_val(cuts, end);
        }
    }
}

/* Where windows of any processor begin and end in @memory */
static GArray *memory_cuts(const HetSoc *soc, const char *memory)
{
    GArray *cuts = g_array_new(FALSE, FALSE, sizeof(guint64));

    add_cuts(soc, soc->master, memory, cuts);
    for (guint i = 0; i < soc->slaves->len; i++) {
        add_cuts(soc, soc->slaves->pdata[i], memory, cuts);
    }
    g_array_sort(cuts, compare_offsets);
    return cuts;
}

static void add_map(const HetSoc *soc, HetMemmapColumn *column,
                    const HetMap *map)
{
    const HetMemory *memory = het_soc_find_memory(soc, map->memory);
    g_autoptr(GArray) cuts = memory_cuts(soc, map->memory);
    guint64 end = map->offset + het_soc_map_size(soc, map);
    guint64 start = map->offset;

    for (guint i = 0; i < cuts->len && column->blocks->len <= BLOCKS_MAX;
         i++) {
        guint64 cut = g_array_index(cuts, guint64, i);
        HetMemmapBlock *block;

        if (cut <= start || cut > end) {
            continue;
        }
        block = het_memmap_add_block(column, HET_BLOCK_MEMORY, memory->name,
                                     het_map_translate(map, start),
                                     cut - start);
        block->offset = start;
        block->memory_size = memory->size;
        start = cut;
    }
}

static void add_idms(const HetSoc *soc, HetMemmapColumn *column)
{
    for (guint i = 0; i < soc->idms->len; i++) {
        const HetIdm *idm = soc->idms->pdata[i];
        const HetEndpoint *e = het_idm_find_endpoint(idm,
                                                     column->proc->name);

        if (e) {
            het_memmap_add_block(column, HET_BLOCK_IDM, idm->name, e->address,
                                 idm->model->mmio_size)->irqs = e->irqs;
        }
    }
}

static void add_remoteprocs(const HetSoc *soc, HetMemmapColumn *column)
{
    for (guint i = 0; i < soc->remoteprocs->len; i++) {
        const HetRemoteproc *r = soc->remoteprocs->pdata[i];

        add_single(column, HET_BLOCK_DEVICES, NULL, "remoteproc",
                   g_strdup(r->slave), r->address, r->model->mmio_size);
    }
}

/* Its interrupts stand with its first registers. */
static void add_device(HetMemmapColumn *column, const HetDevice *device)
{
    for (guint i = 0; i < device->addresses->len; i++) {
        guint64 address = g_array_index(device->addresses, guint64, i);
        HetMemmapBlock *block = het_memmap_add_block(column,
                                                     HET_BLOCK_DEVICES, NULL,
                                                     address, DEVICE_SIZE);
        HetMemmapPart *part = het_memmap_add_part(block, "device",
                                                  g_strdup(device->name),
                                                  address, 0);

        part->type = device->type;
        part->irqs = i ? NULL : device->irqs;
    }
}

static void add_devices(HetMemmapColumn *column)
{
    const HetProcessor *proc = column->proc;

    for (guint i = 0; i < proc->devices->len; i++) {
        add_device(column, proc->devices->pdata[i]);
    }
    for (guint i = 0; i < proc->stubs->len; i++) {
        const HetStub *stub = proc->stubs->pdata[i];

        add_single(column, HET_BLOCK_DEVICES, NULL, "stub",
                   g_strdup(stub->name), stub->address, stub->size);
    }
}

static void add_machine(HetMemmapColumn *column)
{
    const HetProcessor *proc = column->proc;
    g_autoptr(GArray) used = het_processor_used(proc);

    for (guint i = 0; i < used->len; i++) {
        const HetMachineRange *r = &g_array_index(used, HetMachineRange, i);

        add_single(column, HET_BLOCK_MACHINE, proc->machine, "machine",
                   g_strdup(r->what), r->start, r->size);
    }
}

static int compare_blocks(gconstpointer a, gconstpointer b)
{
    const HetMemmapBlock *x = *(HetMemmapBlock *const *)a;
    const HetMemmapBlock *y = *(HetMemmapBlock *const *)b;

    return x->address < y->address ? -1 : x->address > y->address;
}

/* Of devices and machine ranges that follow each other, one block */
static void merge_parts(HetMemmapColumn *column)
{
    for (guint i = 1; i < column->blocks->len; i++) {
        HetMemmapBlock *block = column->blocks->pdata[i - 1];
        HetMemmapBlock *next = column->blocks->pdata[i];

        if (block->kind == next->kind &&
            (block->kind == HET_BLOCK_DEVICES ||
             block->kind == HET_BLOCK_MACHINE)) {
            block->size = next->address + next->size - block->address;
            g_ptr_array_extend_and_steal(block->parts,
                                         g_steal_pointer(&next->parts));
            next->parts = g_ptr_array_new();
            g_ptr_array_remove_index(column->blocks, i--);
        }
    }
}

static void set_gaps(HetMemmapColumn *column)
{
    guint64 end = 0;

    for (guint i = 0; i < column->blocks->len; i++) {
        HetMemmapBlock *block = column->blocks->pdata[i];

        block->gap = block->address - end;
        end = block->address + block->size;
    }
}

static HetMemmapColumn *column_new(const HetSoc *soc,
                                   const HetProcessor *proc)
{
    HetMemmapColumn *column = het_memmap_column_new(proc);

    for (guint i = 0; i < proc->maps->len; i++) {
        add_map(soc, column, proc->maps->pdata[i]);
    }
    add_idms(soc, column);
    if (proc->is_master) {
        add_remoteprocs(soc, column);
    }
    add_devices(column);
    add_machine(column);
    g_ptr_array_sort(column->blocks, compare_blocks);
    merge_parts(column);
    set_gaps(column);
    return column;
}

/* ---- regions of <remoteproc> ---- */

static HetMemmapColumn *find_column(const HetMemmap *map, const char *proc)
{
    GPtrArray *lists[] = { map->columns, map->others };

    for (gsize l = 0; l < G_N_ELEMENTS(lists); l++) {
        for (guint i = 0; i < lists[l]->len; i++) {
            HetMemmapColumn *column = lists[l]->pdata[i];

            if (g_str_equal(column->proc->name, proc)) {
                return column;
            }
        }
    }
    return NULL;
}

/* It is shown where it begins, also when it goes on in the next block. */
static void add_region(HetMemmap *map, HetMemmapColumn *column,
                       const HetRemoteproc *r, const HetRegion *region,
                       guint64 address)
{
    for (guint i = 0; i < column->blocks->len; i++) {
        HetMemmapBlock *block = column->blocks->pdata[i];

        if (address >= block->address &&
            address - block->address < block->size) {
            het_memmap_add_part(block, "region",
                                map->soc->remoteprocs->len > 1
                                ? g_strdup_printf("%s (%s)", region->name,
                                                  r->slave)
                                : g_strdup(region->name), address,
                                region->size);
            return;
        }
    }
}

/* At the slave a region is where the master's driver looks for it. */
static void add_regions(HetMemmap *map, const HetRemoteproc *r)
{
    const HetProcessor *slave = het_soc_find_processor(map->soc, r->slave);
    g_autoptr(GArray) pairs = het_soc_get_translations(map->soc, slave);

    for (guint i = 0; i < r->regions->len; i++) {
        const HetRegion *region = r->regions->pdata[i];
        const HetMap *m = het_region_find_map(map->soc, map->soc->master,
                                              region);
        guint64 pa = het_map_translate(m, region->offset);

        add_region(map, find_column(map, map->soc->master->name), r, region,
                   pa);
        for (guint j = 0; j < pairs->len; j++) {
            HetTranslation *t = &g_array_index(pairs, HetTranslation, j);

            if (pa >= t->pa && pa - t->pa < t->size) {
                add_region(map, find_column(map, slave->name), r, region,
                           t->da + (pa - t->pa));
                break;
            }
        }
    }
}

static int compare_parts(gconstpointer a, gconstpointer b)
{
    const HetMemmapPart *x = *(HetMemmapPart *const *)a;
    const HetMemmapPart *y = *(HetMemmapPart *const *)b;

    return x->address < y->address ? -1 : x->address > y->address;
}

static void add_all_regions(HetMemmap *map, GPtrArray *blocks)
{
    for (guint i = 0; i < map->soc->remoteprocs->len; i++) {
        add_regions(map, map->soc->remoteprocs->pdata[i]);
    }
    for (guint i = 0; i < blocks->len; i++) {
        HetMemmapBlock *block = blocks->pdata[i];

        g_ptr_array_sort(block->parts, compare_parts);
    }
}

/* ---- what is shared ---- */

static gboolean is_shared(const HetMemmapBlock *block, GPtrArray *blocks)
{
    for (guint i = 0; i < blocks->len; i++) {
        const HetMemmapBlock *other = blocks->pdata[i];

        if (block->proc != other->proc &&
            het_memmap_block_same(block, other)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* One colour for all pieces of a memory; names are the model's own strings */
static void set_shared(GPtrArray *blocks)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < blocks->len; i++) {
        HetMemmapBlock *block = blocks->pdata[i];

        block->shared = is_shared(block, blocks);
        if (block->shared && !g_ptr_array_find(names, block->name,
                                               &block->colour)) {
            block->colour = names->len;
            g_ptr_array_add(names, (char *)block->name);
        }
    }
}

/* Of its own processor all, of another those that have none in this row */
static gboolean is_elsewhere(const HetMemmap *map,
                             const HetMemmapBlock *block,
                             const HetMemmapBlock *other)
{
    if (block == other || !het_memmap_block_same(block, other)) {
        return FALSE;
    }
    for (guint c = 0; block->proc != other->proc && c < map->columns->len;
         c++) {
        const HetMemmapColumn *column = map->columns->pdata[c];

        if (column->proc == other->proc) {
            return !het_memmap_get(map, c, block->row);
        }
    }
    return TRUE;
}

static void set_elsewhere(const HetMemmap *map, GPtrArray *blocks)
{
    for (guint i = 0; i < blocks->len; i++) {
        HetMemmapBlock *block = blocks->pdata[i];

        for (guint j = 0; j < blocks->len; j++) {
            if (is_elsewhere(map, block, blocks->pdata[j])) {
                g_ptr_array_add(block->elsewhere, blocks->pdata[j]);
            }
        }
    }
}

/* ---- the map ---- */

static void add_column(HetMemmap *map, const HetProcessor *proc,
                       const GPtrArray *shown)
{
    gboolean is_shown = !shown ||
        g_ptr_array_find((GPtrArray *)shown, proc, NULL);

    g_ptr_array_add(is_shown ? map->columns : map->others,
                    column_new(map->soc, proc));
}

static GPtrArray *all_blocks(const HetMemmap *map)
{
    GPtrArray *blocks = g_ptr_array_new();
    GPtrArray *lists[] = { map->columns, map->others };

    for (gsize l = 0; l < G_N_ELEMENTS(lists); l++) {
        for (guint i = 0; i < lists[l]->len; i++) {
            const HetMemmapColumn *column = lists[l]->pdata[i];

            g_ptr_array_extend(blocks, column->blocks, NULL, NULL);
        }
    }
    return blocks;
}

HetMemmap *het_memmap_new(const HetSoc *soc, const GPtrArray *shown,
                          GError **error)
{
    g_autoptr(HetMemmap) map = g_new0(HetMemmap, 1);
    g_autoptr(GPtrArray) blocks = NULL;

    map->soc = soc;
    map->columns = het_memmap_columns_new();
    map->others = het_memmap_columns_new();
    add_column(map, soc->master, shown);
    for (guint i = 0; i < soc->slaves->len; i++) {
        add_column(map, soc->slaves->pdata[i], shown);
    }
    blocks = all_blocks(map);
    if (blocks->len > BLOCKS_MAX) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "soc '%s': the maps of its processors cut the memories "
                    "into more than %d pieces, which no picture shows",
                    soc->name, BLOCKS_MAX);
        return NULL;
    }
    add_all_regions(map, blocks);
    set_shared(blocks);
    het_memmap_align(map);
    set_elsewhere(map, blocks);
    return g_steal_pointer(&map);
}
