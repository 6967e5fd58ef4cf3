/*
 * One processor's view of the SoC: its address space and interrupt inputs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc-validate.h"

/* An address range of a processor and what lies there. */
typedef struct {
    guint64 start;
    guint64 size;
    int line;
    char *what;
} Extent;

/* An interrupt input of a processor and who drives it. */
typedef struct {
    guint32 irq;
    int line;
    char *what;
} Line;

/* What is being checked: one processor with all that it sees. */
typedef struct {
    const HetSoc *soc;
    const HetProcessor *proc;
    const HetMachine *machine;
    GArray *extents;            /* Extent */
    GArray *lines;              /* Line */
} View;

static void extent_clear(gpointer data)
{
    g_free(((Extent *)data)->what);
}

static void line_clear(gpointer data)
{
    g_free(((Line *)data)->what);
}

static void view_clear(View *view)
{
    g_array_unref(view->extents);
    g_array_unref(view->lines);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(View, view_clear)

static gboolean check_map_fits(const HetSoc *soc, const HetMap *map,
                               GError **error)
{
    const HetMemory *memory = het_soc_find_memory(soc, map->memory);

    if (!memory) {
        return FAIL(soc, map->line, "map of unknown memory '%s'",
                    map->memory);
    }
    if ((map->address | map->offset | map->size) % HET_SOC_PAGE_SIZE) {
        return FAIL(soc, map->line, "map of '%s': address " X64 ", offset "
                    X64 " and size " X64 " must be multiples of the page "
                    "size 0x%x", map->memory, map->address, map->offset,
                    map->size, HET_SOC_PAGE_SIZE);
    }
    if (map->offset >= memory->size) {
        return FAIL(soc, map->line, "map of '%s' starts at offset " X64
                    ", past its " X64 " bytes", map->memory, map->offset,
                    memory->size);
    }
    if (map->size > memory->size - map->offset) {
        return FAIL(soc, map->line, "map of '%s' at " X64 " has " X64
                    " bytes from offset " X64 ", past its " X64 " bytes",
                    map->memory, map->address, map->size, map->offset,
                    memory->size);
    }
    return TRUE;
}

static gboolean check_in_space(const View *v, const Extent *e,
                               GError **error)
{
    guint64 end = v->machine->address_end;

    if (e->start + e->size - 1 < e->start) {
        return FAIL(v->soc, e->line, "%s at " X64 " with " X64 " bytes goes "
                    "past the end of the 64-bit address space", e->what,
                    e->start, e->size);
    }
    if (end && e->start + e->size - 1 >= end) {
        return FAIL(v->soc, e->line, "%s at " X64 " with " X64 " bytes goes "
                    "past the 4 GiB that processor '%s' (%s) addresses",
                    e->what, e->start, e->size, v->proc->name,
                    v->proc->arch);
    }
    return TRUE;
}

/* Takes @what. */
static gboolean add_extent(View *v, guint64 start, guint64 size, int line,
                           char *what, GError **error)
{
    const Extent e = { start, size, line, what };
    const HetMachineRange *hit;

    g_array_append_val(v->extents, e);
    if (!check_in_space(v, &e, error)) {
        return FALSE;
    }
    hit = het_machine_range_hit(v->machine->used, start, size);
    if (hit) {
        return FAIL(v->soc, line, "%s at " X64 " with " X64 " bytes of "
                    "processor '%s' overlaps the %s of machine '%s' at " X64,
                    what, start, size, v->proc->name, hit->what,
                    v->machine->name, hit->start);
    }
    for (guint i = 0; i + 1 < v->extents->len; i++) {
        const Extent *o = &g_array_index(v->extents, Extent, i);

        if (start <= o->start + o->size - 1 &&
            o->start <= start + size - 1) {
            return FAIL(v->soc, line, "%s at " X64 " with " X64 " bytes of "
                        "processor '%s' overlaps %s at " X64 " with " X64
                        " bytes (line %d)", what, start, size,
                        v->proc->name, o->what, o->start, o->size, o->line);
        }
    }
    return TRUE;
}

static guint irq_count(const View *v)
{
    for (guint i = 0; i < v->proc->options->len; i++) {
        const HetOption *option = v->proc->options->pdata[i];
        guint64 n;

        if (g_strcmp0(option->name, v->machine->irq_option) == 0 &&
            het_xml_number(option->value, v->machine->irq_option_max, &n)) {
            return n;
        }
    }
    return v->machine->irq_count;
}

/* Takes @what. */
static gboolean add_irq(View *v, guint32 irq, int line, char *what,
                        GError **error)
{
    const Line l = { irq, line, what };
    const HetMachineRange *hit;

    g_array_append_val(v->lines, l);
    if (irq < v->machine->irq_first || irq >= irq_count(v)) {
        return FAIL(v->soc, line, "irq %u of %s is not a %s of processor "
                    "'%s', which has %u to %u", irq, what,
                    v->machine->irq_input, v->proc->name,
                    v->machine->irq_first, irq_count(v) - 1);
    }
    hit = het_machine_range_hit(v->machine->used_irqs, irq, 1);
    if (hit) {
        return FAIL(v->soc, line, "irq %u of %s is used by the %s of machine "
                    "'%s' of processor '%s'", irq, what, hit->what,
                    v->machine->name, v->proc->name);
    }
    for (guint i = 0; i + 1 < v->lines->len; i++) {
        const Line *o = &g_array_index(v->lines, Line, i);

        if (o->irq == irq) {
            return FAIL(v->soc, line, "irq %u of %s is used twice on "
                        "processor '%s', first by %s (line %d)", irq, what,
                        v->proc->name, o->what, o->line);
        }
    }
    return TRUE;
}

static gboolean view_add_maps(View *v, GError **error)
{
    if (!het_soc_validate_count(v->soc, "map", v->proc->maps->len,
                                v->proc->line, error)) {
        return FALSE;
    }
    for (guint i = 0; i < v->proc->maps->len; i++) {
        const HetMap *map = v->proc->maps->pdata[i];

        if (!check_map_fits(v->soc, map, error) ||
            !add_extent(v, map->address, het_soc_map_size(v->soc, map),
                        map->line,
                        g_strdup_printf("map of '%s'", map->memory),
                        error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean view_add_endpoint(View *v, const HetIdm *idm,
                                  const HetEndpoint *e, GError **error)
{
    guint64 size = het_idm_mmio_size(idm->model);

    if (e->address % size) {
        return FAIL(v->soc, e->line, "idm '%s' at " X64 " of processor '%s' "
                    "is not aligned to " X64, idm->name, e->address,
                    e->processor, size);
    }
    if (!add_extent(v, e->address, size, e->line,
                    g_strdup_printf("idm '%s'", idm->name), error)) {
        return FALSE;
    }
    for (guint i = 0; i < e->irqs->len; i++) {
        if (!add_irq(v, g_array_index(e->irqs, guint32, i), e->line,
                     g_strdup_printf("idm '%s'", idm->name), error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean view_add_idms(View *v, GError **error)
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

static gboolean view_add_remoteprocs(View *v, GError **error)
{
    for (guint i = 0; i < v->soc->remoteprocs->len; i++) {
        const HetRemoteproc *r = v->soc->remoteprocs->pdata[i];

        if (r->address % HET_REMOTEPROC_MMIO_SIZE) {
            return FAIL(v->soc, r->line, "remoteproc of '%s' at " X64 " is "
                        "not aligned to 0x%x", r->slave, r->address,
                        HET_REMOTEPROC_MMIO_SIZE);
        }
        if (!add_extent(v, r->address, HET_REMOTEPROC_MMIO_SIZE, r->line,
                        g_strdup_printf("remoteproc of '%s'", r->slave),
                        error) ||
            !add_irq(v, r->irq, r->line,
                     g_strdup_printf("remoteproc of '%s'", r->slave),
                     error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Two pieces of memory may not come out with one id: "sram-0-1000". */
static gboolean check_window_ids(const HetSoc *soc, const HetProcessor *proc,
                                 GError **error)
{
    g_autoptr(GPtrArray) windows = het_soc_get_windows(soc, proc);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < windows->len; i++) {
        const HetWindow *w = windows->pdata[i];

        if (!g_hash_table_add(seen, w->id)) {
            return FAIL(soc, w->memory->line, "two windows of processor "
                        "'%s' get the name '%s', rename memory '%s'",
                        proc->name, w->id, w->memory->name);
        }
    }
    return TRUE;
}

gboolean het_soc_validate_view(const HetSoc *soc, const HetProcessor *proc,
                               const HetMachine *machine, GError **error)
{
    g_auto(View) v = {
        .soc = soc, .proc = proc, .machine = machine,
        .extents = g_array_new(FALSE, FALSE, sizeof(Extent)),
        .lines = g_array_new(FALSE, FALSE, sizeof(Line)),
    };

    g_array_set_clear_func(v.extents, extent_clear);
    g_array_set_clear_func(v.lines, line_clear);
    return view_add_maps(&v, error) && view_add_idms(&v, error) &&
           (!proc->is_master || view_add_remoteprocs(&v, error)) &&
           check_window_ids(soc, proc, error);
}
