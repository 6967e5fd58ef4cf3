/*
 * One processor's view of the SoC: its address space and interrupt inputs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/soc-machine.h"
#include "soc/soc-validate.h"
#include "soc/soc-view.h"

static gboolean check_map_fits(const HetSoc *soc, const HetMap *map,
                               GError **error)
{
    const HetMemory *memory = het_soc_find_memory(soc, map->memory);

    if (!memory) {
        return FAIL(map->at, "map of unknown memory '%s'",
                    map->memory);
    }
    if ((map->address | map->offset | map->size) % HET_SOC_PAGE_SIZE) {
        return FAIL(map->at, "map of '%s': address " X64 ", offset "
                    X64 " and size " X64 " must be multiples of the page "
                    "size 0x%x", map->memory, map->address, map->offset,
                    map->size, HET_SOC_PAGE_SIZE);
    }
    if (map->offset >= memory->size) {
        return FAIL(map->at, "map of '%s' starts at offset " X64
                    ", past its " X64 " bytes", map->memory, map->offset,
                    memory->size);
    }
    if (map->size > memory->size - map->offset) {
        return FAIL(map->at, "map of '%s' at " X64 " has " X64
                    " bytes from offset " X64 ", past its " X64 " bytes",
                    map->memory, map->address, map->size, map->offset,
                    memory->size);
    }
    return TRUE;
}

/* QEMU rounds the size of a machine's memory up to this. */
#define RAM_UNIT 0x2000

static gboolean check_ram(const HetView *v, const HetMap *map, GError **error)
{
    guint64 size = het_soc_map_size(v->soc, map);

    if (v->machine->has_ram && map->address == het_processor_ram_base(v->proc) &&
        size % RAM_UNIT) {
        return FAIL(map->at, "map of '%s': the RAM of machine '%s' has " X64
                    " bytes, it must be a multiple of 0x%x", map->memory,
                    v->machine->name, size, RAM_UNIT);
    }
    return TRUE;
}

static gboolean view_add_maps(HetView *v, GError **error)
{
    if (!het_soc_validate_count("map", v->proc->maps->len, HET_SOC_COUNT_MAX,
                                v->proc->at, error)) {
        return FALSE;
    }
    for (guint i = 0; i < v->proc->maps->len; i++) {
        const HetMap *map = v->proc->maps->pdata[i];

        if (!check_map_fits(v->soc, map, error) ||
            !check_ram(v, map, error) ||
            !het_view_add_extent(v, map->address,
                                 het_soc_map_size(v->soc, map), map->at,
                                 "map of", map->memory, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean view_add_endpoint(HetView *v, const HetIdm *idm,
                                  const HetEndpoint *e, GError **error)
{
    guint64 size = idm->model->mmio_size;

    if (e->address % size) {
        return FAIL(e->at, "idm '%s' at " X64 " of processor '%s' is not "
                    "aligned to " X64, idm->name, e->address, e->processor,
                    size);
    }
    if (!het_view_add_id(v, idm->name, idm->at, "idm", error) ||
        !het_view_add_extent(v, e->address, size, e->at, "idm", idm->name,
                             error)) {
        return FALSE;
    }
    for (guint i = 0; i < e->irqs->len; i++) {
        if (!het_view_add_irq(v, g_array_index(e->irqs, guint32, i), e->at,
                              "idm", idm->name, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean view_add_idms(HetView *v, GError **error)
{
    for (guint i = 0; i < v->soc->idms->len; i++) {
        const HetIdm *idm = v->soc->idms->pdata[i];
        const HetEndpoint *e = het_idm_find_endpoint(idm, v->proc->name);

        if (e && !view_add_endpoint(v, idm, e, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* It answers for the registers of the block that are none of the slave's. */
static gboolean check_remoteproc_stub(const HetView *v,
                                      const HetRemoteproc *r, GError **error)
{
    const HetStub *stub = r->stub ? het_processor_find_stub(v->proc, r->stub)
                                  : NULL;

    if (r->stub && !stub) {
        return FAIL(r->at, "remoteproc of '%s': master '%s' has no stub '%s'",
                    r->slave, v->proc->name, r->stub);
    }
    if (stub && (stub->address != r->address ||
                 stub->size != r->model->mmio_size)) {
        return FAIL(r->at, "remoteproc of '%s' at " X64 " with " X64 " bytes: "
                    "stub '%s' for the rest of that block lies at " X64
                    " and has " X64, r->slave, r->address,
                    r->model->mmio_size, r->stub, stub->address, stub->size);
    }
    return TRUE;
}

static gboolean check_backup(const HetView *v, const HetRemoteproc *r,
                             GError **error)
{
    if (r->has_backup && !r->model->has_backup) {
        return FAIL(r->at, "remoteproc of '%s': model '%s' has no backup "
                    "registers", r->slave, r->model->name);
    }
    if (r->has_backup && (r->backup % sizeof(guint32) ||
                          r->backup > v->machine->address_end - 1 - 8)) {
        return FAIL(r->at, "remoteproc of '%s': backup registers at " X64
                    " are not aligned to 4 or past the end", r->slave,
                    r->backup);
    }
    return TRUE;
}

static gboolean view_add_remoteproc_irq(HetView *v, const HetRemoteproc *r,
                                        GError **error)
{
    if (r->has_irq && r->model->has_no_irq) {
        return FAIL(r->at, "remoteproc of '%s': model '%s' has no interrupt: "
                    "leave out irq=", r->slave, r->model->name);
    }
    if (!r->has_irq && !r->model->has_no_irq) {
        return FAIL(r->at, "remoteproc of '%s': model '%s' needs irq=, the "
                    "interrupt for a crash", r->slave, r->model->name);
    }
    return !r->has_irq ||
           het_view_add_irq(v, r->irq, r->at, "remoteproc of", r->slave,
                            error);
}

static gboolean view_add_remoteproc(HetView *v, const HetRemoteproc *r,
                                    GError **error)
{
    guint64 size = r->model->mmio_size;

    if (r->address % size) {
        return FAIL(r->at, "remoteproc of '%s' at " X64 " is not aligned to "
                    X64, r->slave, r->address, size);
    }
    return check_remoteproc_stub(v, r, error) &&
           check_backup(v, r, error) &&
           het_view_add_extent(v, r->address, size, r->at, "remoteproc of",
                               r->slave, error) &&
           view_add_remoteproc_irq(v, r, error);
}

static gboolean view_add_remoteprocs(HetView *v, GError **error)
{
    for (guint i = 0; v->proc->is_master && i < v->soc->remoteprocs->len;
         i++) {
        if (!view_add_remoteproc(v, v->soc->remoteprocs->pdata[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Two pieces of memory may not come out with one id: "sram-0-1000". */
static gboolean check_window_ids(const HetSoc *soc, const HetProcessor *proc,
                                 GPtrArray *windows, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < windows->len; i++) {
        const HetWindow *w = windows->pdata[i];

        if (!g_hash_table_add(seen, w->id)) {
            return FAIL(w->memory->at, "two windows of processor '%s' get "
                        "the name '%s', rename memory '%s'", proc->name,
                        w->id, w->memory->name);
        }
    }
    return TRUE;
}

static gboolean view_add_windows(HetView *v, GError **error)
{
    g_autoptr(GPtrArray) windows = het_soc_get_windows(v->soc, v->proc);

    if (!check_window_ids(v->soc, v->proc, windows, error)) {
        return FALSE;
    }
    for (guint i = 0; i < windows->len; i++) {
        const HetWindow *w = windows->pdata[i];

        if (!het_view_add_id(v, w->id, w->memory->at, "memory", error)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean het_soc_validate_view(const HetSoc *soc, const HetProcessor *proc,
                               const HetMachine *machine, GError **error)
{
    g_auto(HetView) v;

    het_view_init(&v, soc, proc, machine);
    return view_add_maps(&v, error) &&
           view_add_windows(&v, error) &&
           view_add_idms(&v, error) &&
           view_add_remoteprocs(&v, error) &&
           het_soc_validate_devices(&v, error);
}
