/*
 * Is a board's device tree one for this master?
 *
 * A tree of another chip does not fail, it boots into silence: so what can be
 * compared is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "dt/board-fit.h"

#include "soc/soc-complain.h"
#include "soc/soc-machine.h"
#include "util/fdt-read.h"

typedef struct {
    const HetSoc *soc;
    const HetProcessor *master;
    const void *tree;
    GError **error;
} Fit;

#define COMPLAIN(fit, ...) \
    het_xml_location_fail((fit)->error, (fit)->master->dtb_file_at, \
                          __VA_ARGS__)

/* ---- RAM ---- */

static gboolean is_memory(const void *tree, int node)
{
    return !g_strcmp0(het_fdt_string(tree, node, "device_type"), "memory");
}

/* @other: where the tree has memory instead */
static gboolean find_memory(const Fit *fit, guint64 base, guint64 *size,
                            guint64 *other)
{
    HetFdtPath path;
    guint64 address;

    het_fdt_path_init(&path, fit->tree);
    while (het_fdt_path_next(&path)) {
        if (is_memory(fit->tree, het_fdt_path_node(&path)) &&
            het_fdt_reg(&path, 0, &address, size)) {
            if (address == base) {
                return TRUE;
            }
            *other = address;
        }
    }
    return FALSE;
}

static gboolean fit_ram(const Fit *fit)
{
    guint64 base = het_processor_ram_base(fit->master);
    guint64 have = het_processor_ram_size(fit->soc, fit->master);
    guint64 other = G_MAXUINT64;
    guint64 size;

    if (!find_memory(fit, base, &size, &other)) {
        /* Of some boards the boot loader writes it; here QEMU does. */
        return other == G_MAXUINT64 ||
               COMPLAIN(fit, "device tree '%s' has its memory at " X64
                        ", master '%s' at " X64 " (option 'ram-base'): is "
                        "it of another chip?", fit->master->dtb_file,
                        other, fit->master->name, base);
    }
    return size <= have ||
           COMPLAIN(fit, "device tree '%s' has " X64 " bytes of memory at "
                    X64 ", the map of master '%s' there has " X64 ": give "
                    "it as much, or an <overlay> that says less",
                    fit->master->dtb_file, size, base, fit->master->name,
                    have);
}

/* ---- cores ---- */

static gboolean is_core(const void *tree, int node)
{
    return !g_strcmp0(het_fdt_string(tree, node, "device_type"), "cpu");
}

static gboolean fit_cores(const Fit *fit)
{
    const HetMachine *machine = het_processor_machine(fit->master);
    const char *model = fit->master->cpu_model ?: machine->cpu_default;
    g_autofree char *name = g_strconcat("arm,", model, NULL);
    int cpus = fdt_path_offset(fit->tree, "/cpus");
    const char *first = NULL;
    guint n = 0;
    int node;

    if (cpus >= 0) {
        fdt_for_each_subnode(node, fit->tree, cpus) {
            const char *compatible = het_fdt_string(fit->tree, node,
                                                    "compatible");

            if (!is_core(fit->tree, node)) {
                continue;
            }
            first = first ?: compatible;
            n += g_str_equal(model, "max") || !g_strcmp0(compatible, name);
        }
    }
    if (!n) {
        return COMPLAIN(fit, "device tree '%s' has no core '%s', which "
                        "master '%s' is%s%.40s%s: is it of another chip?",
                        fit->master->dtb_file, name, fit->master->name,
                        first ? "; it has '" : "", first ?: "",
                        first ? "'" : "");
    }
    return n >= fit->master->vcpus ||
           COMPLAIN(fit, "device tree '%s' has %u core%s '%s', master '%s' "
                    "has <vcpu>%u", fit->master->dtb_file, n,
                    n > 1 ? "s" : "", name, fit->master->name,
                    fit->master->vcpus);
}

/* ---- interrupt controller ---- */

static gboolean fit_place(const Fit *fit, const HetFdtPath *path,
                          const char *option, guint index, guint64 otherwise)
{
    guint64 address, size;
    guint64 have = otherwise;

    het_processor_option(fit->master, option, &have);
    if (!het_fdt_reg(path, index, &address, &size) ||
        !het_fdt_translate(path, &address) || address == have) {
        return TRUE;
    }
    return COMPLAIN(fit, "device tree '%s' has registers of the interrupt "
                    "controller at " X64 ", master '%s' at " X64 " (option "
                    "'%s'): is it of another chip?", fit->master->dtb_file,
                    address, fit->master->name, have, option);
}

static guint place_index(const HetMachinePlace *first,
                         const HetMachinePlace *place)
{
    guint n = 0;

    for (const HetMachinePlace *p = first; p < place; p++) {
        n += p->gic_version == place->gic_version;
    }
    return n;
}

static gboolean fit_gic(const Fit *fit)
{
    const HetMachinePlace *places = het_processor_machine(fit->master)->places;
    guint64 version = HET_MACHINE_GIC_VERSION;
    HetFdtPath path;

    het_processor_option(fit->master, "gic-version", &version);
    het_fdt_path_init(&path, fit->tree);
    while (het_fdt_gic_version(fit->tree, het_fdt_path_node(&path)) !=
           version) {
        if (!het_fdt_path_next(&path)) {
            return COMPLAIN(fit, "device tree '%s' has no interrupt "
                            "controller GICv%u, which master '%s' has "
                            "(option 'gic-version'): is it of another chip?",
                            fit->master->dtb_file, (guint)version,
                            fit->master->name);
        }
    }
    for (const HetMachinePlace *p = places; p->option; p++) {
        if (p->gic_version == version && p->otherwise != HET_MACHINE_NOWHERE &&
            !fit_place(fit, &path, p->option, place_index(places, p),
                       p->otherwise)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean het_board_fit(const HetSoc *soc, const void *tree, GError **error)
{
    const Fit fit = { soc, soc->master, tree, error };

    return fit_cores(&fit) && fit_ram(&fit) && fit_gic(&fit);
}
