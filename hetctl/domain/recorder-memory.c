/*
 * The memory of the flight recorders of a defined SoC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/recorder-memory.h"

#include <string.h>

#include "domain/memory.h"
#include "trace/recorder.h"
#include "util/error.h"

#define RECORDER "flight recorder"

/* There may be a domain of a processor that the XML does not know. */
static guint64 size_of(const HetDefined *defined, const HetPart *part)
{
    const HetProcessor *p = het_soc_find_processor(defined->soc, part->name);

    return het_recorder_size(p ? p->vcpus : 1);
}

GPtrArray *het_recorder_memory_create(const HetDefined *defined,
                                      const HetAccess *access,
                                      GError **error)
{
    g_autoptr(GPtrArray) memories =
        g_ptr_array_new_with_free_func((GDestroyNotify)het_segment_free);

    for (guint i = 0; i < defined->parts->len; i++) {
        const HetPart *part = g_ptr_array_index(defined->parts, i);
        HetSegment *memory =
            het_beside_file_create(RECORDER, defined->segment, part->name,
                                   size_of(defined, part), access, error);

        if (!memory) {
            g_prefix_error(error, "processor '%s': ", part->name);
            return NULL;
        }
        g_ptr_array_add(memories, memory);
    }
    return g_steal_pointer(&memories);
}

char *het_recorder_memory_identities(const HetDefined *defined,
                                     GPtrArray *memories)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < memories->len; i++) {
        const HetPart *part = g_ptr_array_index(defined->parts, i);
        g_autofree char *identity =
            het_segment_identity(g_ptr_array_index(memories, i));

        g_string_append_printf(text, "%s%s=%s", i ? " " : "", part->name,
                               identity);
    }
    return g_string_free(text, FALSE);
}

static char *identity_of(const HetDefined *defined, const HetPart *part)
{
    g_auto(GStrv) all = g_strsplit(defined->recorders ?: "", " ", -1);
    gsize len = strlen(part->name);

    for (gsize i = 0; all[i]; i++) {
        if (!strncmp(all[i], part->name, len) && all[i][len] == '=') {
            return g_strdup(all[i] + len + 1);
        }
    }
    return NULL;
}

gboolean het_recorder_memory_is_used(const HetDefined *defined)
{
    return defined->started ? defined->recorders != NULL
                            : het_beside_files_exist(defined->segment);
}

static HetSegment *open_memory(const HetDefined *defined,
                               const HetPart *part, GError **error)
{
    g_autofree char *identity = identity_of(defined, part);
    g_autofree char *path = het_beside_file_path(defined->segment,
                                                 part->name);

    if (het_segment_is_free(path)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "flight recorder '%s' is gone", path);
        return NULL;
    }
    /* While it does not run, nothing but its owner tells whose it is. */
    if (!identity && !het_segment_exists(path)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "flight recorder '%s' is another user's, or no file",
                    path);
        return NULL;
    }
    return het_beside_file_open(RECORDER, defined->segment, part->name,
                                size_of(defined, part), identity, error);
}

HetSegment *het_recorder_memory_open(const HetDefined *defined,
                                     const HetPart *part, GError **error)
{
    g_autoptr(GError) reason = NULL;
    HetSegment *memory = open_memory(defined, part, &reason);

    if (!memory) {
        g_set_error(error, HET_ERROR, reason->code,
                    "%s; 'hetctl destroy %s' ends the soc", reason->message,
                    defined->name);
    }
    return memory;
}
