/*
 * Which symbols belong to what a processor runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/symbols.h"

#include <stdio.h>
#include <string.h>

#include "debug/gdb.h"
#include "domain/defined.h"
#include "domain/memory.h"
#include "domain/run-mark.h"
#include "image/elf-match.h"
#include "qmp/qmp.h"
#include "util/error.h"

static gboolean is_elf(const char *path)
{
    g_autofree char *data = NULL;
    gsize size = 0;
    gboolean is_regular = g_file_test(path, G_FILE_TEST_IS_REGULAR);
    FILE *file = is_regular ? fopen(path, "re") : NULL;

    if (file) {
        data = g_malloc0(4);
        size = fread(data, 1, 4, file);
        fclose(file);
    }
    return size == 4 && !memcmp(data, "\177ELF", 4);
}

/* The value of "PROCESSOR=FILE", the last one; NULL: none */
static const char *chosen_for(const char *const *chosen, const char *name)
{
    const char *found = NULL;
    gsize len = strlen(name);

    for (guint i = 0; chosen[i]; i++) {
        if (!strncmp(chosen[i], name, len) && chosen[i][len] == '=') {
            found = chosen[i] + len + 1;
        }
    }
    return found;
}

static gboolean check_chosen(const HetDefined *defined,
                             const char *const *chosen, GError **error)
{
    for (guint i = 0; chosen[i]; i++) {
        const char *equals = strchr(chosen[i], '=');
        g_autofree char *name = equals ? g_strndup(chosen[i],
                                                   equals - chosen[i]) : NULL;

        if (!name) {
            g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                        "option --symbols: '%s' is not PROCESSOR=FILE",
                        chosen[i]);
            return FALSE;
        }
        if (!het_defined_part(defined, name, error)) {
            g_prefix_error(error, "option --symbols: ");
            return FALSE;
        }
        if (!is_elf(equals + 1)) {
            g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                        "option --symbols: '%s' is no ELF file", equals + 1);
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- what a slave runs ---- */

static void add_candidate(GPtrArray *paths, char *path)
{
    if (path && !g_ptr_array_find_with_equal_func(paths, path, g_str_equal,
                                                  NULL)) {
        g_ptr_array_add(paths, path);
    } else {
        g_free(path);
    }
}

/* What hetctl has booted last, the XML's, and what its Linux can find */
static GPtrArray *list_candidates(const HetDefined *defined,
                                  const HetProcessor *slave)
{
    const GPtrArray *firmware = defined->soc->master->firmware;
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);

    add_candidate(paths, het_run_mark_get(defined, slave->name,
                                          HET_RUN_MARK_FIRMWARE));
    add_candidate(paths, g_strdup(slave->kernel));
    for (guint i = 0; firmware && i < firmware->len; i++) {
        const HetFirmwareFile *file = g_ptr_array_index(firmware, i);

        add_candidate(paths, g_strdup(file->path));
    }
    return paths;
}

/* Has nobody else booted since hetctl did, or nobody at all yet? */
static gboolean is_ours(const HetDefined *defined, const HetProcessor *slave,
                        const HetSlaveInfo *info)
{
    g_autofree char *boot = het_run_mark_get(defined, slave->name,
                                             HET_RUN_MARK_BOOT);

    return boot ? g_ascii_strtoull(boot, NULL, 10) == info->boots
                : slave->kernel && !info->boots;
}

static char *find_in_memory(const HetDefined *defined,
                            const HetProcessor *slave,
                            const GPtrArray *candidates)
{
    g_autoptr(HetSegment) segment = het_memory_open(defined, NULL);

    for (guint i = 0; segment && i < candidates->len; i++) {
        const char *path = g_ptr_array_index(candidates, i);

        if (het_elf_matches_memory(path, defined->soc, slave, segment)) {
            return g_strdup(path);
        }
    }
    return NULL;
}

static char *name_all(const GPtrArray *candidates)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < candidates->len; i++) {
        g_string_append_printf(text, "%s'%s'", i ? ", " : "",
                               (char *)g_ptr_array_index(candidates, i));
    }
    return g_string_free(text, FALSE);
}

/* NULL: not known, and @why says so */
static char *find_for_slave(const HetDefined *defined, const HetPart *part,
                            const HetProcessor *slave, char **why)
{
    g_autoptr(GPtrArray) candidates = list_candidates(defined, slave);
    g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);
    g_autoptr(HetSlaveInfo) info = het_qmp_query_slave(qmp, NULL);
    g_autofree char *all = name_all(candidates);
    char *found;

    if (candidates->len && info && is_ours(defined, slave, info)) {
        return g_strdup(g_ptr_array_index(candidates, 0));
    }
    found = find_in_memory(defined, slave, candidates);
    if (!found) {
        *why = candidates->len
               ? g_strdup_printf("the code in its memory is none of %s", all)
               : g_strdup("it is not known what has loaded its software");
    }
    return found;
}

/* ---- one processor ---- */

static gboolean is_arm(const HetProcessor *processor)
{
    return processor && (g_str_has_prefix(processor->arch, "arm") ||
                         g_str_has_prefix(processor->arch, "aarch64"));
}

/* NULL: not known, and @why says so */
static char *find_file(const HetDefined *defined, const HetPart *part,
                       char **why)
{
    const HetProcessor *processor =
        defined->soc ? het_soc_find_processor(defined->soc, part->name)
                     : NULL;
    g_autofree char *path = NULL;

    if (processor && !part->is_master && het_part_is_active(part)) {
        path = find_for_slave(defined, part, processor, why);
    } else if (processor) {
        path = g_strdup(processor->kernel);
    }
    if (path && !is_elf(path)) {
        *why = g_strdup_printf("'%s' is no ELF file", path);
        return NULL;
    }
    if (!path && !*why) {
        *why = g_strdup("its XML has no <kernel>");
    }
    return g_steal_pointer(&path);
}

static HetGdbInferior *find_one(const HetDefined *defined,
                                const HetPart *part,
                                const char *const *chosen,
                                HetSymbolsNote *note, void *opaque)
{
    HetGdbInferior *inferior = g_new0(HetGdbInferior, 1);
    const char *named = chosen_for(chosen, part->name);
    g_autofree char *why = NULL;
    g_autofree char *text = NULL;

    inferior->name = g_strdup(part->name);
    inferior->is_master = part->is_master;
    inferior->is_arm = defined->soc &&
        is_arm(het_soc_find_processor(defined->soc, part->name));
    inferior->symbols = named ? g_strdup(named)
                              : find_file(defined, part, &why);
    if (!inferior->symbols) {
        text = g_strdup_printf("processor '%s': no symbols: %s; '--symbols "
                               "%s=FILE' names a file", part->name, why,
                               part->name);
        note(text, opaque);
    }
    return inferior;
}

GPtrArray *het_symbols_find(virConnectPtr conn, const char *soc,
                            const char *const *processors,
                            const char *const *chosen, HetSymbolsNote *note,
                            void *opaque, GError **error)
{
    g_autoptr(HetDefined) defined = het_defined_find(conn, soc, error);
    GPtrArray *found;

    if (!defined || !check_chosen(defined, chosen, error)) {
        return NULL;
    }
    found = g_ptr_array_new_with_free_func(
        (GDestroyNotify)het_gdb_inferior_free);
    for (guint i = 0; processors[i]; i++) {
        HetPart *part = het_defined_part(defined, processors[i], NULL);

        if (part) {
            g_ptr_array_add(found, find_one(defined, part, chosen, note,
                                            opaque));
        }
    }
    for (guint i = 0; !processors[0] && i < defined->parts->len; i++) {
        const HetPart *part = g_ptr_array_index(defined->parts, i);

        if (het_part_is_active(part)) {
            g_ptr_array_add(found, find_one(defined, part, chosen, note,
                                            opaque));
        }
    }
    return found;
}
