/*
 * What follows from the model: windows into the segment, links of the IDMs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/soc-layout.h"

static void window_free(gpointer data)
{
    HetWindow *window = data;

    g_free(window->id);
    g_array_unref(window->addresses);
    g_free(window);
}

/* A whole memory has its name, a piece also says which one. */
static char *window_id(const HetMemory *memory, guint64 offset, guint64 size)
{
    if (size == memory->size) {
        return g_strdup(memory->name);
    }
    return g_strdup_printf("%s-%" G_GINT64_MODIFIER "x-%"
                           G_GINT64_MODIFIER "x", memory->name, offset, size);
}

static HetWindow *window_get(GPtrArray *windows, const HetSoc *soc,
                             const HetMap *map)
{
    const HetMemory *memory = het_soc_find_memory(soc, map->memory);
    guint64 size = het_soc_map_size(soc, map);
    HetWindow *window;

    for (guint i = 0; i < windows->len; i++) {
        window = windows->pdata[i];
        if (window->memory == memory && window->offset == map->offset &&
            window->size == size) {
            return window;
        }
    }
    window = g_new0(HetWindow, 1);
    window->id = window_id(memory, map->offset, size);
    window->memory = memory;
    window->offset = map->offset;
    window->segment_offset = het_soc_memory_offset(soc, memory) + map->offset;
    window->size = size;
    window->addresses = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_ptr_array_add(windows, window);
    return window;
}

GPtrArray *het_soc_get_windows(const HetSoc *soc, const HetProcessor *proc)
{
    GPtrArray *windows = g_ptr_array_new_with_free_func(window_free);

    for (guint i = 0; i < proc->maps->len; i++) {
        const HetMap *map = proc->maps->pdata[i];
        HetWindow *window = window_get(windows, soc, map);

        g_array_append_val(window->addresses, map->address);
    }
    return windows;
}

static void add_links(GPtrArray *links, const HetIdm *idm)
{
    for (guint a = 0; a < idm->endpoints->len; a++) {
        for (guint b = a + 1; b < idm->endpoints->len; b++) {
            HetLink *link = g_new0(HetLink, 1);

            link->idm = idm;
            link->a = idm->endpoints->pdata[a];
            link->b = idm->endpoints->pdata[b];
            g_ptr_array_add(links, link);
        }
    }
}

GPtrArray *het_soc_get_links(const HetSoc *soc)
{
    GPtrArray *links = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < soc->idms->len; i++) {
        add_links(links, soc->idms->pdata[i]);
    }
    return links;
}

guint64 het_map_translate(const HetMap *map, guint64 offset)
{
    return map->address + (offset - map->offset);
}

static gboolean map_shows(const HetSoc *soc, const HetMap *map,
                          const HetRegion *region)
{
    guint64 size = het_soc_map_size(soc, map);

    return g_str_equal(map->memory, region->memory) &&
           region->offset >= map->offset &&
           region->offset - map->offset < size &&
           region->size <= size - (region->offset - map->offset);
}

const HetMap *het_region_find_map(const HetSoc *soc,
                                  const HetProcessor *proc,
                                  const HetRegion *region)
{
    for (guint i = 0; i < proc->maps->len; i++) {
        const HetMap *map = proc->maps->pdata[i];

        if (map_shows(soc, map, region) &&
            (!proc->is_master || !region->has_address ||
             het_map_translate(map, region->offset) == region->address)) {
            return map;
        }
    }
    return NULL;
}

/* The memory that @m of the master and @s of the slave have in common. */
static gboolean map_intersect(const HetSoc *soc, const HetMap *m,
                              const HetMap *s, HetTranslation *t)
{
    guint64 start = MAX(m->offset, s->offset);
    guint64 end = MIN(m->offset + het_soc_map_size(soc, m),
                      s->offset + het_soc_map_size(soc, s));

    if (!g_str_equal(m->memory, s->memory) || start >= end) {
        return FALSE;
    }
    t->pa = het_map_translate(m, start);
    t->da = het_map_translate(s, start);
    t->size = end - start;
    return TRUE;
}

/* The slave's map for @m; @t is what they have in common. */
static const HetMap *best_map(const HetSoc *soc, const HetMap *m,
                              const HetProcessor *slave, HetTranslation *t)
{
    const HetMap *best = NULL;

    for (guint i = 0; i < slave->maps->len; i++) {
        const HetMap *s = slave->maps->pdata[i];
        HetTranslation here;

        if (map_intersect(soc, m, s, &here) &&
            (!best || here.da == here.pa)) {
            best = s;
            *t = here;
            if (here.da == here.pa) {
                break;
            }
        }
    }
    return best;
}

static void add_unused_map(const HetSoc *soc, const HetMap *s, GArray *out)
{
    for (guint i = 0; i < soc->master->maps->len; i++) {
        HetTranslation t;

        if (map_intersect(soc, soc->master->maps->pdata[i], s, &t)) {
            g_array_append_val(out, t);
            return;
        }
    }
}

GArray *het_soc_get_translations(const HetSoc *soc,
                                 const HetProcessor *slave)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(HetTranslation));
    g_autoptr(GHashTable) used = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < soc->master->maps->len; i++) {
        HetTranslation t;
        const HetMap *s = best_map(soc, soc->master->maps->pdata[i], slave,
                                   &t);

        if (s) {
            g_array_append_val(out, t);
            g_hash_table_add(used, (gpointer)s);
        }
    }
    for (guint i = 0; i < slave->maps->len; i++) {
        if (!g_hash_table_contains(used, slave->maps->pdata[i])) {
            add_unused_map(soc, slave->maps->pdata[i], out);
        }
    }
    return out;
}
