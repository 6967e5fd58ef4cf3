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
#include "domain/run-mark.h"
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

/* NULL: not known */
static char *loaded_by_us(const HetDefined *defined, const HetPart *part)
{
    const HetProcessor *processor =
        defined->soc ? het_soc_find_processor(defined->soc, part->name)
                     : NULL;
    char *booted = part->is_master ? NULL
                   : het_run_mark_get(defined, part->name,
                                      HET_RUN_MARK_FIRMWARE);

    return booted ?: (processor ? g_strdup(processor->kernel) : NULL);
}

static HetGdbInferior *find_one(const HetDefined *defined,
                                const HetPart *part,
                                const char *const *chosen,
                                HetSymbolsNote *note, void *opaque)
{
    HetGdbInferior *inferior = g_new0(HetGdbInferior, 1);
    const char *named = chosen_for(chosen, part->name);
    g_autofree char *loaded = named ? NULL : loaded_by_us(defined, part);
    g_autofree char *text = NULL;

    inferior->name = g_strdup(part->name);
    if (named || (loaded && is_elf(loaded))) {
        inferior->symbols = g_strdup(named ?: loaded);
        return inferior;
    }
    text = loaded
        ? g_strdup_printf("processor '%s': no symbols: '%s' is no ELF file; "
                          "'--symbols %s=FILE' names one", part->name,
                          loaded, part->name)
        : g_strdup_printf("processor '%s': no symbols: it is not known what "
                          "has loaded its software; '--symbols %s=FILE' "
                          "names a file", part->name, part->name);
    note(text, opaque);
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
