/*
 * What a schema cannot say: names, sizes, addresses, interrupts, files
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "machine.h"
#include "soc-validate.h"

#include <unistd.h>

/* ---- names ---- */

#define COUNT_MAX 64

gboolean het_soc_validate_count(const HetSoc *soc, const char *kind,
                                guint count, int line, GError **error)
{
    if (count > COUNT_MAX) {
        return FAIL(soc, line, "%u times <%s>, at most %d are allowed",
                    count, kind, COUNT_MAX);
    }
    return TRUE;
}

gboolean het_soc_validate_unique(const HetSoc *soc, const char *kind,
                                 GHashTable *seen, const char *name,
                                 int line, GError **error)
{
    gpointer first = g_hash_table_lookup(seen, name);

    if (first) {
        return FAIL(soc, line, "%s '%s' is there twice, first in line %d",
                    kind, name, GPOINTER_TO_INT(first));
    }
    g_hash_table_insert(seen, (gpointer)name, GINT_TO_POINTER(line));
    return TRUE;
}

static gboolean check_memory_names(const HetSoc *soc, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < soc->memories->len; i++) {
        const HetMemory *m = soc->memories->pdata[i];

        if (!het_soc_validate_unique(soc, "memory", seen, m->name, m->line,
                                     error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_processor_names(const HetSoc *soc, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    g_hash_table_insert(seen, soc->master->name,
                        GINT_TO_POINTER(soc->master->line));
    for (guint i = 0; i < soc->slaves->len; i++) {
        const HetProcessor *s = soc->slaves->pdata[i];

        if (!het_soc_validate_unique(soc, "processor", seen, s->name,
                                     s->line, error)) {
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

        if (!het_soc_validate_unique(soc, "idm", seen, idm->name, idm->line,
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

        return FAIL(soc, s->line, "slave '%s' is number %d, a SoC has at "
                    "most %d", s->name, HET_SOC_SLAVES_MAX + 1,
                    HET_SOC_SLAVES_MAX);
    }
    return het_soc_validate_count(soc, "memory", soc->memories->len,
                                  soc->line, error) &&
           het_soc_validate_count(soc, "idm", soc->idms->len, soc->line,
                                  error) &&
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
            return FAIL(soc, m->line, "memory '%s' has " X64 " bytes, which "
                        "is not a multiple of the page size 0x%x", m->name,
                        m->size, HET_SOC_PAGE_SIZE);
        }
    }
    if (het_soc_segment_size(soc) > HET_SOC_MEMORY_MAX) {
        return FAIL(soc, soc->line, "the memories together have more than "
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

static gboolean check_options(const HetSoc *soc, const HetProcessor *proc,
                              const HetMachine *machine, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    if (!het_soc_validate_count(soc, "option", proc->options->len,
                                proc->line, error)) {
        return FALSE;
    }
    for (guint i = 0; i < proc->options->len; i++) {
        const HetOption *o = proc->options->pdata[i];
        guint64 n;

        if (!het_soc_validate_unique(soc, "option", seen, o->name, o->line,
                                     error)) {
            return FALSE;
        }
        if (g_strcmp0(o->name, machine->irq_option) == 0 &&
            (!het_xml_number(o->value, machine->irq_option_max, &n) || !n)) {
            return FAIL(soc, o->line, "option '%s' of processor '%s' is "
                        "'%s', not a number from 1 to %u", o->name,
                        proc->name, o->value, machine->irq_option_max);
        }
    }
    return TRUE;
}

static gboolean check_images(const HetSoc *soc, const HetProcessor *proc,
                             const HetMachine *machine, GError **error)
{
    if (!proc->is_master && (proc->kernel || proc->initrd)) {
        return FAIL(soc, proc->kernel ? proc->kernel_line
                                      : proc->initrd_line,
                    "slave '%s' has a kernel or initrd; a slave finds its "
                    "firmware in its memory, put there by the master or by "
                    "hetctl boot", proc->name);
    }
    if (!proc->is_master && proc->cmdline) {
        return FAIL(soc, proc->line, "slave '%s' has a cmdline, but no "
                    "kernel of its own", proc->name);
    }
    if (!proc->kernel && (proc->initrd || proc->cmdline)) {
        return FAIL(soc, proc->line, "processor '%s' has an initrd or a "
                    "cmdline, but no kernel", proc->name);
    }
    if (proc->is_master && machine->needs_kernel && !proc->kernel) {
        return FAIL(soc, proc->line, "master '%s' of machine '%s' needs a "
                    "<kernel>, the ELF file that it runs", proc->name,
                    machine->name);
    }
    return TRUE;
}

static gboolean check_machine(const HetSoc *soc, const HetProcessor *proc,
                              const HetMachine *machine, GError **error)
{
    if (proc->cpu_model &&
        !het_machine_takes_cpu(machine, proc->cpu_model)) {
        return FAIL(soc, proc->line, "processor '%s': machine '%s' of "
                    "architecture '%s' cannot have the CPU '%s'",
                    proc->name, machine->name, machine->arch,
                    proc->cpu_model);
    }
    if (!machine->has_ram && proc->vcpus > 1) {
        return FAIL(soc, proc->line, "processor '%s': machine '%s' has one "
                    "core, not %u", proc->name, machine->name, proc->vcpus);
    }
    if (machine->has_ram && !has_map_at(proc, machine->ram_base)) {
        return FAIL(soc, proc->line, "processor '%s' has no map at " X64
                    ", where machine '%s' has its RAM", proc->name,
                    machine->ram_base, machine->name);
    }
    return check_options(soc, proc, machine, error) &&
           check_images(soc, proc, machine, error);
}

static gboolean check_processor(const HetSoc *soc, const HetProcessor *proc,
                                GError **error)
{
    const HetMachine *machine = het_machine_find(proc->arch, proc->machine);
    g_autofree char *known = NULL;

    if (!machine) {
        known = het_machine_list();
        return FAIL(soc, proc->line, "processor '%s': no machine '%s' of "
                    "architecture '%s'; there are %s", proc->name,
                    proc->machine, proc->arch, known);
    }
    return het_soc_validate_view(soc, proc, machine, error) &&
           check_machine(soc, proc, machine, error);
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
    const HetIdmTraits *t = het_idm_traits(idm->model);

    if (idm->channels < 1 || idm->channels > t->channels_max) {
        return FAIL(soc, idm->line, "idm '%s' has %u channels, model '%s' "
                    "has 1 to %u", idm->name, idm->channels, t->name,
                    t->channels_max);
    }
    if (idm->endpoints->len < 2 || idm->endpoints->len > t->endpoints_max) {
        return FAIL(soc, idm->line, "idm '%s' has %u endpoints, model '%s' "
                    "has %s%u", idm->name, idm->endpoints->len, t->name,
                    t->endpoints_max > 2 ? "2 to " : "", t->endpoints_max);
    }
    return TRUE;
}

static gboolean check_endpoint(const HetSoc *soc, const HetIdm *idm,
                               const HetEndpoint *e, GHashTable *seen,
                               GError **error)
{
    const HetIdmTraits *t = het_idm_traits(idm->model);

    if (!het_soc_find_processor(soc, e->processor)) {
        return FAIL(soc, e->line, "idm '%s' has an endpoint at unknown "
                    "processor '%s'", idm->name, e->processor);
    }
    if (!g_hash_table_add(seen, e->processor)) {
        return FAIL(soc, e->line, "idm '%s' has two endpoints at processor "
                    "'%s'", idm->name, e->processor);
    }
    if (e->irqs->len != t->irqs) {
        return FAIL(soc, e->line, "endpoint of idm '%s' at processor '%s' "
                    "has %u irqs, model '%s' needs %s", idm->name,
                    e->processor, e->irqs->len, t->name, t->irqs_text);
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

        if (s->boot_control == HET_BOOT_CONTROL_GUEST &&
            !het_soc_find_boot_idm(soc, s)) {
            return FAIL(soc, s->line, "slave '%s' has <boot "
                        "control='guest'/>, but no <idm> with master '%s'",
                        s->name, soc->master->name);
        }
    }
    return TRUE;
}

/* ---- files ---- */

static gboolean check_file(const HetSoc *soc, const char *what,
                           const char *path, int line, GError **error)
{
    if (!path) {
        return TRUE;
    }
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        return FAIL(soc, line, "%s '%s' does not exist or is not a file",
                    what, path);
    }
    if (access(path, R_OK) != 0) {
        return FAIL(soc, line, "%s '%s' cannot be read", what, path);
    }
    return TRUE;
}

static gboolean check_emulator(const HetSoc *soc, const HetProcessor *proc,
                               GError **error)
{
    if (proc->emulator &&
        (!g_file_test(proc->emulator, G_FILE_TEST_IS_REGULAR) ||
         access(proc->emulator, X_OK) != 0)) {
        g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                    "emulator '%s' of processor '%s' is not a program "
                    "(%s:%d)", proc->emulator, proc->name, soc->source,
                    proc->emulator_line);
        return FALSE;
    }
    return TRUE;
}

static gboolean check_files(const HetSoc *soc, GError **error)
{
    const HetProcessor *m = soc->master;

    if (!check_file(soc, "kernel", m->kernel, m->kernel_line, error) ||
        !check_file(soc, "initrd", m->initrd, m->initrd_line, error) ||
        !check_emulator(soc, m, error)) {
        return FALSE;
    }
    for (guint i = 0; i < soc->slaves->len; i++) {
        if (!check_emulator(soc, soc->slaves->pdata[i], error)) {
            return FALSE;
        }
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
           ((flags & HET_SOC_VALIDATE_NO_FILES) || check_files(soc, error));
}
