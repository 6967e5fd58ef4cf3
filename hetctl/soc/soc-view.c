/*
 * What one processor sees: address ranges, interrupt inputs and ids
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/soc-view.h"

#include "soc/soc-complain.h"
#include "soc/soc-machine.h"
#include "soc/xml.h"

/* An address range of a processor and what lies there. */
typedef struct {
    guint64 start;
    guint64 size;
    HetXmlLocation at;
    char *what;
} Extent;

/* An interrupt input of a processor and who drives it. */
typedef struct {
    guint32 irq;
    HetXmlLocation at;
    char *what;
} Line;

/* Who has an id. */
typedef struct {
    const char *kind;
    HetXmlLocation at;
} Owner;

static void extent_clear(gpointer data)
{
    g_free(((Extent *)data)->what);
}

static void line_clear(gpointer data)
{
    g_free(((Line *)data)->what);
}

void het_view_init(HetView *view, const HetSoc *soc,
                   const HetProcessor *proc, const HetMachine *machine)
{
    view->soc = soc;
    view->proc = proc;
    view->machine = machine;
    view->used = het_processor_used(proc);
    view->extents = g_array_new(FALSE, FALSE, sizeof(Extent));
    view->lines = g_array_new(FALSE, FALSE, sizeof(Line));
    view->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                      g_free);
    g_array_set_clear_func(view->extents, extent_clear);
    g_array_set_clear_func(view->lines, line_clear);
}

void het_view_clear(HetView *view)
{
    g_array_unref(view->used);
    g_array_unref(view->extents);
    g_array_unref(view->lines);
    g_hash_table_unref(view->ids);
}

static gboolean check_in_space(const HetView *v, const Extent *e,
                               GError **error)
{
    guint64 end = v->machine->address_end;

    if (e->start + e->size - 1 < e->start) {
        return FAIL(e->at, "%s at " X64 " with " X64 " bytes goes past the "
                    "end of the 64-bit address space", e->what, e->start,
                    e->size);
    }
    if (end && e->start + e->size - 1 >= end) {
        return FAIL(e->at, "%s at " X64 " with " X64 " bytes goes past the "
                    "4 GiB that processor '%s' (%s) addresses", e->what,
                    e->start, e->size, v->proc->name, v->proc->arch);
    }
    return TRUE;
}

static gboolean check_free(const HetView *v, const Extent *e, GError **error)
{
    const HetMachineRange *hit = het_machine_range_hit(
        (const HetMachineRange *)v->used->data, e->start, e->size);

    if (hit) {
        return FAIL(e->at, "%s at " X64 " with " X64 " bytes of processor "
                    "'%s' overlaps the %s of machine '%s' at " X64, e->what,
                    e->start, e->size, v->proc->name, hit->what,
                    v->machine->name, hit->start);
    }
    for (guint i = 0; i < v->extents->len; i++) {
        const Extent *o = &g_array_index(v->extents, Extent, i);

        if (e->start <= o->start + o->size - 1 &&
            o->start <= e->start + e->size - 1) {
            g_autofree char *there = het_xml_location_name(o->at, e->at);

            return FAIL(e->at, "%s at " X64 " with " X64 " bytes of "
                        "processor '%s' overlaps %s at " X64 " with " X64
                        " bytes (%s)", e->what, e->start, e->size,
                        v->proc->name, o->what, o->start, o->size, there);
        }
    }
    return TRUE;
}

gboolean het_view_add_extent(HetView *v, guint64 start, guint64 size,
                             HetXmlLocation at, const char *kind,
                             const char *name, GError **error)
{
    Extent e = { start, size, at, g_strdup_printf("%s '%s'", kind, name) };

    if (!check_in_space(v, &e, error) || !check_free(v, &e, error)) {
        extent_clear(&e);
        return FALSE;
    }
    g_array_append_val(v->extents, e);
    return TRUE;
}

static guint irq_count(const HetView *v)
{
    guint64 n = v->machine->irq_count;

    het_processor_option(v->proc, v->machine->irq_option, &n);
    return n;
}

/* Those of virtio transports, which the machine's options place */
static gboolean is_virtio_irq(const HetView *v, guint32 irq)
{
    HetVirtio virtio = het_processor_virtio(v->proc);

    return irq >= virtio.irq && irq - virtio.irq < virtio.n;
}

static gboolean check_input(const HetView *v, const Line *l, GError **error)
{
    const HetMachineRange *hit = het_machine_range_hit(v->machine->used_irqs,
                                                       l->irq, 1);
    guint count = irq_count(v);

    if (l->irq < v->machine->irq_first || l->irq >= count) {
        return FAIL(l->at, "irq %u of %s is not a %s of processor '%s', "
                    "which has %u to %u", l->irq, l->what,
                    v->machine->irq_input, v->proc->name,
                    v->machine->irq_first, count - 1);
    }
    if (hit) {
        return FAIL(l->at, "irq %u of %s is used by the %s of machine '%s' "
                    "of processor '%s'", l->irq, l->what, hit->what,
                    v->machine->name, v->proc->name);
    }
    if (is_virtio_irq(v, l->irq)) {
        return FAIL(l->at, "irq %u of %s is used by the virtio transports of "
                    "machine '%s' of processor '%s'", l->irq, l->what,
                    v->machine->name, v->proc->name);
    }
    for (guint i = 0; i < v->lines->len; i++) {
        const Line *o = &g_array_index(v->lines, Line, i);

        if (o->irq == l->irq) {
            g_autofree char *there = het_xml_location_name(o->at, l->at);

            return FAIL(l->at, "irq %u of %s is used twice on processor "
                        "'%s', first by %s (%s)", l->irq, l->what,
                        v->proc->name, o->what, there);
        }
    }
    return TRUE;
}

gboolean het_view_add_irq(HetView *v, guint32 irq, HetXmlLocation at,
                          const char *kind, const char *name, GError **error)
{
    Line l = { irq, at, g_strdup_printf("%s '%s'", kind, name) };

    if (!check_input(v, &l, error)) {
        line_clear(&l);
        return FALSE;
    }
    g_array_append_val(v->lines, l);
    return TRUE;
}

static gboolean is_reserved(const HetView *v, const char *name)
{
    return (het_processor_has_unassigned(v->proc) &&
            g_str_equal(name, HET_SOC_UNASSIGNED_ID)) ||
           (!v->proc->is_master && g_str_equal(name, HET_SOC_BOOT_ID));
}

gboolean het_view_add_id(HetView *v, const char *name, HetXmlLocation at,
                         const char *kind, GError **error)
{
    const Owner *first = g_hash_table_lookup(v->ids, name);
    const Owner owner = { kind, at };

    if (is_reserved(v, name)) {
        return FAIL(at, "%s '%s' of %s '%s': its emulator has that id for "
                    "itself, choose another name", kind, name,
                    v->proc->is_master ? "master" : "slave", v->proc->name);
    }
    if (first) {
        g_autofree char *there = het_xml_location_name(first->at, at);

        return FAIL(at, "%s '%s': on processor '%s' the %s in %s has that "
                    "name already", kind, name, v->proc->name, first->kind,
                    there);
    }
    g_hash_table_insert(v->ids, g_strdup(name),
                        g_memdup2(&owner, sizeof(owner)));
    return TRUE;
}
