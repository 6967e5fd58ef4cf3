/*
 * What a schema cannot say: names, sizes, addresses, interrupts, files
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/machine-option.h"
#include "soc/soc-machine.h"
#include "soc/soc-validate.h"

#include <string.h>
#include <unistd.h>

/* ---- names ---- */

gboolean het_soc_validate_count(const char *kind, guint count, guint max,
                                HetXmlLocation at, GError **error)
{
    if (count > max) {
        return FAIL(at, "%u times <%s>, at most %u are allowed", count, kind,
                    max);
    }
    return TRUE;
}

gboolean het_soc_validate_unique(const char *kind, GHashTable *seen,
                                 const char *name, const HetXmlLocation *at,
                                 GError **error)
{
    const HetXmlLocation *first = g_hash_table_lookup(seen, name);

    if (first) {
        g_autofree char *there = het_xml_location_name(*first, *at);

        return FAIL(*at, "%s '%s' is there twice, first in %s", kind, name,
                    there);
    }
    g_hash_table_insert(seen, (gpointer)name, (gpointer)at);
    return TRUE;
}

static gboolean check_memory_names(const HetSoc *soc, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < soc->memories->len; i++) {
        const HetMemory *m = soc->memories->pdata[i];

        if (!het_soc_validate_unique("memory", seen, m->name, &m->at,
                                     error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_processor_names(const HetSoc *soc, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    g_hash_table_insert(seen, soc->master->name, &soc->master->at);
    for (guint i = 0; i < soc->slaves->len; i++) {
        const HetProcessor *s = soc->slaves->pdata[i];

        if (!het_soc_validate_unique("processor", seen, s->name, &s->at,
                                     error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_idm_names(const HetSoc *soc, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < soc->idms->len; i++) {
        const HetIdm *idm = soc->idms->pdata[i];

        if (!het_soc_validate_unique("idm", seen, idm->name, &idm->at,
                                     error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_names(const HetSoc *soc, GError **error)
{
    if (soc->slaves->len > HET_SOC_SLAVES_MAX) {
        const HetProcessor *s = soc->slaves->pdata[HET_SOC_SLAVES_MAX];

        return FAIL(s->at, "slave '%s' is number %d, a SoC has at "
                    "most %d", s->name, HET_SOC_SLAVES_MAX + 1,
                    HET_SOC_SLAVES_MAX);
    }
    return het_soc_validate_count("memory", soc->memories->len,
                                  HET_SOC_COUNT_MAX, soc->at, error) &&
           het_soc_validate_count("idm", soc->idms->len, HET_SOC_COUNT_MAX,
                                  soc->at, error) &&
           check_memory_names(soc, error) &&
           check_processor_names(soc, error) &&
           check_idm_names(soc, error);
}

/* ---- memories ---- */

static gboolean check_memories(const HetSoc *soc, GError **error)
{
    for (guint i = 0; i < soc->memories->len; i++) {
        const HetMemory *m = soc->memories->pdata[i];

        if (!m->size || m->size % HET_SOC_PAGE_SIZE) {
            return FAIL(m->at, "memory '%s' has " X64 " bytes, which "
                        "is not a multiple of the page size 0x%x", m->name,
                        m->size, HET_SOC_PAGE_SIZE);
        }
    }
    if (het_soc_segment_size(soc) > HET_SOC_MEMORY_MAX) {
        return FAIL(soc->at, "the memories together have more than "
                    "1 TiB");
    }
    return TRUE;
}

/* ---- processors ---- */

static gboolean has_map_at(const HetProcessor *proc, guint64 address)
{
    for (guint i = 0; i < proc->maps->len; i++) {
        const HetMap *map = proc->maps->pdata[i];

        if (map->address == address) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_place(const HetMachine *machine, const char *name)
{
    if (!g_strcmp0(machine->ram_option, name)) {
        return TRUE;
    }
    for (const HetMachinePlace *p = machine->places; p && p->option; p++) {
        if (g_str_equal(p->option, name)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean check_place_option(const HetProcessor *proc,
                                   const HetOption *o,
                                   const HetMachine *machine, GError **error)
{
    guint64 n;

    return !is_place(machine, o->name) ||
           (het_xml_number(o->value, G_MAXUINT64 - 1, &n) &&
            n % HET_SOC_PAGE_SIZE == 0) ||
           FAIL(o->at, "option '%s' of processor '%s' is '%s', not an address "
                "that is a multiple of 0x%x", o->name, proc->name, o->value,
                HET_SOC_PAGE_SIZE);
}

static const struct {
    const char *name;
    guint64 max;
    guint64 unit;
} virtio_options[] = {
    { "virtio-base", G_MAXUINT64 - HET_VIRTIO_SIZE * HET_VIRTIO_MAX,
      HET_VIRTIO_SIZE },
    { "virtio-count", HET_VIRTIO_MAX, 1 },
    { "virtio-irq", G_MAXUINT16, 1 },
};

static gboolean check_virtio_option(const HetProcessor *proc,
                                    const HetOption *o, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(virtio_options); i++) {
        guint64 n;

        if (g_str_equal(o->name, virtio_options[i].name) &&
            (!het_xml_number(o->value, virtio_options[i].max, &n) ||
             n % virtio_options[i].unit)) {
            return FAIL(o->at, "option '%s' of processor '%s' is '%s', not a "
                        "number up to " X64 "%s", o->name, proc->name,
                        o->value, virtio_options[i].max,
                        virtio_options[i].unit > 1
                        ? " that is a multiple of 0x200" : "");
        }
    }
    return TRUE;
}

static gboolean check_option(const HetProcessor *proc, const HetOption *o,
                             const HetMachine *machine, GError **error)
{
    g_autofree char *why = het_machine_option_refusal(machine, o->name);
    guint64 n;

    if (why) {
        return FAIL(o->at, "option '%s' of processor '%s' is not possible: "
                    "%s", o->name, proc->name, why);
    }
    if (g_strcmp0(o->name, machine->irq_option) == 0 &&
        (!het_xml_number(o->value, machine->irq_option_max, &n) || !n)) {
        return FAIL(o->at, "option '%s' of processor '%s' is '%s', not a "
                    "number from 1 to %u", o->name, proc->name, o->value,
                    machine->irq_option_max);
    }
    return check_place_option(proc, o, machine, error) &&
           check_virtio_option(proc, o, error);
}

static gboolean check_options(const HetSoc *soc, const HetProcessor *proc,
                              const HetMachine *machine, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    if (!het_soc_validate_count("option", proc->options->len,
                                HET_SOC_COUNT_MAX, proc->at, error)) {
        return FALSE;
    }
    for (guint i = 0; i < proc->options->len; i++) {
        const HetOption *o = proc->options->pdata[i];

        if (!het_soc_validate_unique("option", seen, o->name, &o->at,
                                     error) ||
            !check_option(proc, o, machine, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* QEMU starts a master's. */
static gboolean check_master_loader(const HetProcessor *proc,
                                    const HetMachine *machine,
                                    GError **error)
{
    return machine->takes_firmware ||
           FAIL(proc->loader_at, "master '%s' has a loader, which machine "
                "'%s' does not take", proc->name, machine->name);
}

static gboolean check_loader(const HetProcessor *proc,
                             const HetMachine *machine, GError **error)
{
    if (!proc->loader) {
        return TRUE;
    }
    if (proc->is_master) {
        return check_master_loader(proc, machine, error);
    }
    if (!machine->loader_align) {
        return FAIL(proc->loader_at, "slave '%s' has a loader, but machine "
                    "'%s' of architecture '%s' starts a kernel without one",
                    proc->name, machine->name, machine->arch);
    }
    if (!proc->kernel || !proc->has_entry || !proc->has_dtb) {
        return FAIL(proc->loader_at, "slave '%s' has a loader, so it needs a "
                    "<kernel>, which that starts, and <boot entry= dtb=>: "
                    "where kernel and device tree are put", proc->name);
    }
    if (!proc->entry || proc->entry % machine->loader_align) {
        return FAIL(proc->boot_at, "slave '%s' has its kernel at " X64 "; "
                    "on architecture '%s' it must be at " X64 " or a "
                    "multiple of that", proc->name, proc->entry,
                    machine->arch, machine->loader_align);
    }
    return TRUE;
}

/* They are appended to the initrd, which only a Linux has. */
static gboolean check_firmware(const HetProcessor *proc,
                               const HetMachine *machine, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    const HetFirmwareFile *first;

    if (!proc->firmware->len) {
        return TRUE;
    }
    first = proc->firmware->pdata[0];
    if (!proc->is_master || !proc->kernel ||
        !(machine->has_overlay || machine->takes_dtb)) {
        return FAIL(first->at, "processor '%s' has <firmware>, which is for "
                    "the /lib/firmware of a master that runs Linux: one with "
                    "a <kernel>, not on 'het-m'", proc->name);
    }
    if (!het_soc_validate_count("firmware", proc->firmware->len,
                                HET_SOC_COUNT_MAX, proc->at, error)) {
        return FALSE;
    }
    for (guint i = 0; i < proc->firmware->len; i++) {
        const HetFirmwareFile *file = proc->firmware->pdata[i];

        if (!het_soc_validate_unique("firmware", seen, file->name, &file->at,
                                     error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* hetctl boot puts them into the RAM of a machine that can run Linux. */
static gboolean check_slave_images(const HetProcessor *proc,
                                   const HetMachine *machine, GError **error)
{
    if (!proc->kernel) {
        return TRUE;
    }
    if (proc->keeps_kernel) {
        return FAIL(proc->kernel_at, "slave '%s' gets its kernel as it is; "
                    "'unpack' is for a master", proc->name);
    }
    if (!machine->has_ram) {
        return FAIL(proc->kernel_at, "slave '%s' of machine '%s' has a "
                    "kernel; it finds its firmware in its memory, put there "
                    "by the master or by hetctl boot --firmware", proc->name,
                    machine->name);
    }
    if ((proc->initrd || proc->cmdline || proc->dtb_file) &&
        !proc->has_dtb) {
        return FAIL(proc->at, "slave '%s' has an initrd, a cmdline or a dtb, "
                    "but no <boot dtb=>: where the device tree is put",
                    proc->name);
    }
    return TRUE;
}

/* A Linux without a tree says nothing at all. */
static gboolean check_master_dtb(const HetProcessor *proc,
                                 const HetMachine *machine, GError **error)
{
    if (proc->dtb_file && !machine->takes_dtb) {
        return FAIL(proc->dtb_file_at, "master '%s' has a dtb; its device "
                    "tree is the machine's: machine 'het-a' takes that of a "
                    "board", proc->name);
    }
    if (!proc->dtb_file && machine->takes_dtb &&
        (proc->initrd || proc->cmdline)) {
        return FAIL(proc->at, "master '%s' has an initrd or a cmdline, but "
                    "no <dtb>: machine '%s' has no device tree of its own",
                    proc->name, machine->name);
    }
    return TRUE;
}

static gboolean check_overlays(const HetProcessor *proc,
                               const HetMachine *machine, GError **error)
{
    const HetOverlayFile *first;

    if (!proc->overlays->len) {
        return TRUE;
    }
    first = proc->overlays->pdata[0];
    if (!proc->is_master || !machine->takes_dtb || !proc->dtb_file) {
        return FAIL(first->at, "processor '%s' has an <overlay>, which goes "
                    "over the <dtb> of a master with machine 'het-a'",
                    proc->name);
    }
    return het_soc_validate_count("overlay", proc->overlays->len,
                                  HET_SOC_COUNT_MAX, first->at, error);
}

static gboolean check_images(const HetSoc *soc, const HetProcessor *proc,
                             const HetMachine *machine, GError **error)
{
    if (!proc->kernel && (proc->initrd || proc->cmdline || proc->dtb_file)) {
        return FAIL(proc->at, "processor '%s' has an initrd, a cmdline or a "
                    "dtb, but no kernel", proc->name);
    }
    if (!check_overlays(proc, machine, error)) {
        return FALSE;
    }
    if (!proc->is_master) {
        return check_slave_images(proc, machine, error);
    }
    if (!check_master_dtb(proc, machine, error)) {
        return FALSE;
    }
    if (machine->needs_kernel && !proc->kernel) {
        return FAIL(proc->at, "master '%s' of machine '%s' needs a "
                    "<kernel>, the ELF file that it runs", proc->name,
                    machine->name);
    }
    return TRUE;
}

static gboolean check_virtio(const HetProcessor *proc,
                             const HetMachine *machine, GError **error)
{
    HetVirtio virtio = het_processor_virtio(proc);
    guint64 irqs = machine->irq_count;

    het_processor_option(proc, machine->irq_option, &irqs);
    return !virtio.n || virtio.irq + virtio.n <= irqs ||
           FAIL(proc->at, "processor '%s' has %u virtio transports with "
                "interrupts from %u on, but no more than %u of them",
                proc->name, (guint)virtio.n, (guint)virtio.irq, (guint)irqs);
}

static gboolean check_machine(const HetSoc *soc, const HetProcessor *proc,
                              const HetMachine *machine, GError **error)
{
    if (proc->cpu_model &&
        !het_machine_takes_cpu(machine, proc->cpu_model)) {
        return FAIL(proc->at, "processor '%s': machine '%s' of "
                    "architecture '%s' cannot have the CPU '%s'",
                    proc->name, machine->name, machine->arch,
                    proc->cpu_model);
    }
    if (!machine->has_ram && proc->vcpus > 1) {
        return FAIL(proc->at, "processor '%s': machine '%s' has one "
                    "core, not %u", proc->name, machine->name, proc->vcpus);
    }
    if (machine->has_ram &&
        !has_map_at(proc, het_processor_ram_base(proc))) {
        return FAIL(proc->at, "processor '%s' has no map at " X64
                    ", where machine '%s' has its RAM%s", proc->name,
                    het_processor_ram_base(proc), machine->name,
                    machine->ram_option ? "; option 'ram-base' moves it"
                                        : "");
    }
    return check_virtio(proc, machine, error) &&
           check_loader(proc, machine, error) &&
           check_firmware(proc, machine, error) &&
           check_images(soc, proc, machine, error);
}

static gboolean check_processor(const HetSoc *soc, const HetProcessor *proc,
                                GError **error)
{
    const HetMachine *machine = het_machine_find(proc->arch, proc->machine);
    g_autofree char *known = NULL;

    if (!machine) {
        known = het_machine_list();
        return FAIL(proc->at, "processor '%s': no machine '%s' of "
                    "architecture '%s'; there are %s", proc->name,
                    proc->machine, proc->arch, known);
    }
    return check_options(soc, proc, machine, error) &&
           het_soc_validate_view(soc, proc, machine, error) &&
           check_machine(soc, proc, machine, error) &&
           het_cputune_validate(proc->cputune, proc->name, proc->vcpus,
                                error);
}

static gboolean check_processors(const HetSoc *soc, GError **error)
{
    if (!check_processor(soc, soc->master, error)) {
        return FALSE;
    }
    for (guint i = 0; i < soc->slaves->len; i++) {
        if (!check_processor(soc, soc->slaves->pdata[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- IDMs ---- */

static gboolean check_idm_counts(const HetSoc *soc, const HetIdm *idm,
                                 GError **error)
{
    const HetIdmModel *m = idm->model;

    if (idm->channels < 1 || idm->channels > m->channels_max) {
        return FAIL(idm->at, "idm '%s' has %u channels, model '%s' "
                    "has 1 to %u", idm->name, idm->channels, m->name,
                    m->channels_max);
    }
    if (idm->endpoints->len < 2 || idm->endpoints->len > m->endpoints_max) {
        return FAIL(idm->at, "idm '%s' has %u endpoints, model '%s' "
                    "has %s%u", idm->name, idm->endpoints->len, m->name,
                    m->endpoints_max > 2 ? "2 to " : "", m->endpoints_max);
    }
    return TRUE;
}

static gboolean check_endpoint(const HetSoc *soc, const HetIdm *idm,
                               const HetEndpoint *e, GHashTable *seen,
                               GError **error)
{
    const HetIdmModel *m = idm->model;

    if (!het_soc_find_processor(soc, e->processor)) {
        return FAIL(e->at, "idm '%s' has an endpoint at unknown "
                    "processor '%s'", idm->name, e->processor);
    }
    if (!g_hash_table_add(seen, e->processor)) {
        return FAIL(e->at, "idm '%s' has two endpoints at processor "
                    "'%s'", idm->name, e->processor);
    }
    if (e->irqs->len != het_idm_model_count_lines(m)) {
        return FAIL(e->at, "endpoint of idm '%s' at processor '%s' "
                    "has %u irqs, model '%s' needs %s", idm->name,
                    e->processor, e->irqs->len, m->name, m->lines_text);
    }
    return TRUE;
}

static gboolean check_idm(const HetSoc *soc, const HetIdm *idm,
                          GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    if (!check_idm_counts(soc, idm, error)) {
        return FALSE;
    }
    for (guint i = 0; i < idm->endpoints->len; i++) {
        if (!check_endpoint(soc, idm, idm->endpoints->pdata[i], seen,
                            error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_idms(const HetSoc *soc, GError **error)
{
    for (guint i = 0; i < soc->idms->len; i++) {
        if (!check_idm(soc, soc->idms->pdata[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* A guest that boots a slave needs a wire to do it. */
static gboolean check_boots(const HetSoc *soc, GError **error)
{
    for (guint i = 0; i < soc->slaves->len; i++) {
        const HetProcessor *s = soc->slaves->pdata[i];

        if (s->answer_timeout &&
            s->boot_control != HET_BOOT_CONTROL_GUEST) {
            return FAIL(s->boot_at, "slave '%s' has an answer-timeout, but "
                        "no <boot control='guest'/>: only what the master's "
                        "software booted has to answer it", s->name);
        }
        if (s->boot_control == HET_BOOT_CONTROL_GUEST &&
            !het_soc_find_boot_idm(soc, s)) {
            return FAIL(s->at, "slave '%s' has <boot control='guest'/>, but "
                        "no <idm> with master '%s' that carries a boot line",
                        s->name, soc->master->name);
        }
    }
    return TRUE;
}

/* ---- files ---- */

static gboolean check_file(const char *what, const char *path,
                           HetXmlLocation at, GError **error)
{
    if (!path) {
        return TRUE;
    }
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        return FAIL(at, "%s '%s' does not exist or is not a file", what,
                    path);
    }
    if (access(path, R_OK) != 0) {
        return FAIL(at, "%s '%s' cannot be read", what, path);
    }
    return TRUE;
}

static gboolean check_emulator(const HetProcessor *proc, GError **error)
{
    if (proc->emulator &&
        (!g_file_test(proc->emulator, G_FILE_TEST_IS_REGULAR) ||
         access(proc->emulator, X_OK) != 0)) {
        return het_xml_location_set_error(error, HET_ERROR_EMULATOR,
                                          proc->emulator_at, "emulator '%s' of "
                                          "processor '%s' is not a program",
                                          proc->emulator, proc->name);
    }
    return TRUE;
}

static gboolean check_firmware_files(const HetProcessor *proc,
                                     GError **error)
{
    for (guint i = 0; i < proc->firmware->len; i++) {
        const HetFirmwareFile *file = proc->firmware->pdata[i];

        if (!check_file("firmware", file->path, file->at, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_overlay_files(const HetProcessor *proc, GError **error)
{
    for (guint i = 0; i < proc->overlays->len; i++) {
        const HetOverlayFile *file = proc->overlays->pdata[i];

        if (!check_file("overlay", file->path, file->at, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_processor_files(const HetProcessor *proc,
                                      GError **error)
{
    return check_file("loader", proc->loader, proc->loader_at, error) &&
           check_file("kernel", proc->kernel, proc->kernel_at, error) &&
           check_file("initrd", proc->initrd, proc->initrd_at, error) &&
           check_file("dtb", proc->dtb_file, proc->dtb_file_at, error) &&
           check_overlay_files(proc, error) &&
           check_firmware_files(proc, error) &&
           check_emulator(proc, error);
}

static gboolean check_files(const HetSoc *soc, GError **error)
{
    if (!check_processor_files(soc->master, error)) {
        return FALSE;
    }
    for (guint i = 0; i < soc->slaves->len; i++) {
        if (!check_processor_files(soc->slaves->pdata[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* libvirt keeps the SoC as it is formatted: it must be readable again. */
static gboolean check_size(const HetSoc *soc, GError **error)
{
    g_autofree char *xml = het_soc_format(soc);

    if (strlen(xml) > HET_XML_SIZE_MAX) {
        return FAIL(soc->at, "the whole, with all defaults, has %zu bytes, "
                    "more than the %d allowed", strlen(xml),
                    HET_XML_SIZE_MAX);
    }
    return TRUE;
}

gboolean het_soc_validate(const HetSoc *soc, HetSocValidateFlags flags,
                          GError **error)
{
    return check_names(soc, error) &&
           check_memories(soc, error) &&
           check_idms(soc, error) &&
           check_processors(soc, error) &&
           het_soc_validate_remoteprocs(soc, error) &&
           check_boots(soc, error) &&
           check_size(soc, error) &&
           ((flags & HET_SOC_VALIDATE_NO_FILES) || check_files(soc, error));
}
