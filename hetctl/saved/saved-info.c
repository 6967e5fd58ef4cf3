/*
 * What a saved SoC says of itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "saved/saved.h"

#include <string.h>
#include <zlib.h>

#include "saved/saved-format.h"

guint32 het_saved_crc(gconstpointer data, gsize size)
{
    return crc32_z(0, data, size);
}

static void processor_free(gpointer data)
{
    HetSavedProcessor *processor = data;

    g_free(processor->name);
    g_free(processor);
}

HetSavedInfo *het_saved_info_new(void)
{
    HetSavedInfo *info = g_new0(HetSavedInfo, 1);

    info->processors = g_ptr_array_new_with_free_func(processor_free);
    return info;
}

HetSavedProcessor *het_saved_info_add(HetSavedInfo *info, const char *name)
{
    HetSavedProcessor *processor = g_new0(HetSavedProcessor, 1);

    processor->name = g_strdup(name);
    g_ptr_array_add(info->processors, processor);
    return processor;
}

HetSavedProcessor *het_saved_info_find(const HetSavedInfo *info,
                                       const char *name)
{
    for (guint i = 0; i < info->processors->len; i++) {
        HetSavedProcessor *processor = g_ptr_array_index(info->processors, i);

        if (!strcmp(processor->name, name)) {
            return processor;
        }
    }
    return NULL;
}

gint64 het_saved_info_skew_ns(const HetSavedInfo *info)
{
    gint64 first = G_MAXINT64, last = G_MININT64;

    for (guint i = 0; i < info->processors->len; i++) {
        const HetSavedProcessor *p = g_ptr_array_index(info->processors, i);

        if (p->ran) {
            first = MIN(first, p->host_ns);
            last = MAX(last, p->host_ns);
        }
    }
    return last > first ? last - first : 0;
}

void het_saved_info_free(HetSavedInfo *info)
{
    if (info) {
        g_free(info->soc);
        g_free(info->xml);
        g_free(info->emulator);
        g_free(info->when);
        g_ptr_array_unref(info->processors);
        g_free(info);
    }
}
