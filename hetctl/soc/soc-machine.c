/*
 * The machine of a processor, as its <option>s make it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/soc-machine.h"

#include "soc/xml.h"

const HetMachine *het_processor_machine(const HetProcessor *proc)
{
    return het_machine_find(proc->arch, proc->machine);
}

gboolean het_processor_option(const HetProcessor *proc, const char *name,
                              guint64 *value)
{
    for (guint i = 0; i < proc->options->len; i++) {
        const HetOption *option = proc->options->pdata[i];

        if (g_str_equal(option->name, name ?: "")) {
            return het_xml_number(option->value, G_MAXUINT64, value);
        }
    }
    return FALSE;
}

static guint64 option_or(const HetProcessor *proc, const char *name,
                         guint64 otherwise)
{
    guint64 value;

    return het_processor_option(proc, name, &value) ? value : otherwise;
}

guint64 het_processor_ram_base(const HetProcessor *proc)
{
    const HetMachine *machine = het_processor_machine(proc);

    if (!machine || !machine->has_ram) {
        return G_MAXUINT64;
    }
    return option_or(proc, machine->ram_option, machine->ram_base);
}

guint64 het_processor_ram_size(const HetSoc *soc, const HetProcessor *proc)
{
    guint64 base = het_processor_ram_base(proc);

    for (guint i = 0; i < proc->maps->len; i++) {
        const HetMap *map = proc->maps->pdata[i];

        if (map->address == base) {
            return het_soc_map_size(soc, map);
        }
    }
    return 0;
}

gboolean het_processor_has_unassigned(const HetProcessor *proc)
{
    return !proc->is_master || het_processor_machine(proc)->takes_dtb;
}

gboolean het_processor_unpacks_kernel(const HetProcessor *proc)
{
    const HetMachine *machine = het_processor_machine(proc);

    return proc->is_master && proc->kernel && !proc->keeps_kernel &&
           !proc->loader && machine && machine->has_gic &&
           g_str_equal(proc->arch, "armv7l") &&
           het_processor_ram_base(proc) % HET_ZIMAGE_ALIGN == 0;
}

static void add_place(GArray *used, const HetProcessor *proc,
                      const HetMachinePlace *place)
{
    HetMachineRange range = {
        .start = option_or(proc, place->option, place->otherwise),
        .size = place->size * (place->per_core ? proc->vcpus : 1),
        .what = place->what,
    };

    if (range.start != HET_MACHINE_NOWHERE &&
        place->gic_version == option_or(proc, "gic-version",
                                        HET_MACHINE_GIC_VERSION)) {
        g_array_append_val(used, range);
    }
}

static void add_virtio(GArray *used, const HetProcessor *proc)
{
    HetVirtio virtio = het_processor_virtio(proc);
    HetMachineRange range = {
        .start = virtio.address,
        .size = virtio.n * HET_VIRTIO_SIZE,
        .what = "virtio transports",
    };

    if (virtio.n) {
        g_array_append_val(used, range);
    }
}

GArray *het_processor_used(const HetProcessor *proc)
{
    const HetMachine *machine = het_processor_machine(proc);
    GArray *used = g_array_new(TRUE, FALSE, sizeof(HetMachineRange));

    for (const HetMachineRange *r = machine->used; r->what; r++) {
        g_array_append_val(used, *r);
    }
    for (const HetMachinePlace *p = machine->places; p && p->option; p++) {
        add_place(used, proc, p);
    }
    add_virtio(used, proc);
    return used;
}

HetVirtio het_processor_virtio(const HetProcessor *proc)
{
    const HetMachine *machine = het_processor_machine(proc);
    HetVirtio virtio = { 0 };

    if (machine->takes_dtb) {
        virtio.n = MIN(option_or(proc, "virtio-count", 0), HET_VIRTIO_MAX);
        virtio.address = option_or(proc, "virtio-base", 0);
        virtio.irq = option_or(proc, "virtio-irq", 0);
    }
    return virtio;
}
