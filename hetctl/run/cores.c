/*
 * What the cores of a processor do
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/cores.h"

#include "domain/run-mark.h"
#include "util/error.h"

void het_cores_free(HetCores *cores)
{
    if (cores) {
        g_clear_pointer(&cores->cores, g_ptr_array_unref);
        g_clear_pointer(&cores->stubs, g_ptr_array_unref);
        g_free(cores->firmware);
        g_free(cores);
    }
}

/* What hetctl has booted, unless another has booted since */
static char *booted_firmware(const HetDefined *defined, const char *name,
                             const HetSlaveInfo *slave)
{
    g_autofree char *boot = het_run_mark_get(defined, name,
                                             HET_RUN_MARK_BOOT);

    return boot && g_ascii_strtoull(boot, NULL, 10) == slave->boots
           ? het_run_mark_get(defined, name, HET_RUN_MARK_FIRMWARE) : NULL;
}

static const HetProcessor *find_processor(const HetDefined *defined,
                                          const HetPart *part)
{
    return defined->soc ? het_soc_find_processor(defined->soc, part->name)
                        : NULL;
}

char *het_cores_firmware(const HetDefined *defined, const HetPart *part,
                         const HetSlaveInfo *slave)
{
    const HetProcessor *processor = find_processor(defined, part);
    char *booted = slave ? booted_firmware(defined, part->name, slave) : NULL;

    if (!booted && processor) {
        booted = g_strdup(processor->kernel);
    }
    return booted;
}

static void find_firmware(HetCores *cores, const HetDefined *defined,
                          const HetPart *part, const HetSlaveInfo *slave)
{
    const HetProcessor *processor = find_processor(defined, part);

    cores->firmware = het_cores_firmware(defined, part, slave);
    cores->is_thumb = processor && processor->cpu_model &&
                      g_str_has_prefix(processor->cpu_model, "cortex-m");
}

static GPtrArray *list_or_none(GPtrArray *list, GError **error)
{
    if (!list && g_error_matches(*error, HET_ERROR, HET_ERROR_EMULATOR)) {
        g_clear_error(error);
        return g_ptr_array_new();
    }
    return list;
}

HetCores *het_cores_gather(const HetDefined *defined, const HetPart *part,
                           HetQmp *qmp, const HetSlaveInfo *slave,
                           GError **error)
{
    g_autoptr(HetCores) cores = g_new0(HetCores, 1);
    g_autoptr(GError) why = NULL;

    find_firmware(cores, defined, part, slave);
    cores->cores = list_or_none(het_qmp_query_core(qmp, &why), &why);
    if (cores->cores) {
        cores->stubs = list_or_none(het_qmp_query_stubs(qmp, &why), &why);
    }
    if (!cores->stubs) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    return g_steal_pointer(&cores);
}
