/*
 * The memory map of a SoC: words that text and picture have in common
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "map/memmap-print.h"

/* More places of one piece of memory only fill the picture. */
#define ELSEWHERE_MAX 4

/* "irq 100, 101" */
static char *irqs_text(const GArray *irqs)
{
    GString *text = g_string_new("irq ");

    for (guint i = 0; i < irqs->len; i++) {
        g_string_append_printf(text, "%s%u", i ? ", " : "",
                               g_array_index(irqs, guint32, i));
    }
    return g_string_free(text, FALSE);
}

char *het_memmap_block_title(const HetMemmapBlock *block)
{
    switch (block->kind) {
    case HET_BLOCK_MEMORY:
        return block->offset
               ? g_strdup_printf("%s + 0x%" G_GINT64_MODIFIER "x",
                                 block->name, block->offset)
               : g_strdup(block->name);
    case HET_BLOCK_IDM:
        return g_strdup_printf("idm %s", block->name);
    case HET_BLOCK_MACHINE:
        return g_strdup_printf("machine %s", block->name);
    default:
        return block->parts->len == 1
               ? het_memmap_part_title(block->parts->pdata[0])
               : g_strdup("devices");
    }
}

gboolean het_memmap_block_has_list(const HetMemmapBlock *block)
{
    return block->kind != HET_BLOCK_DEVICES || block->parts->len > 1;
}

static char *device_title(const HetMemmapPart *part)
{
    g_autofree char *irqs = part->irqs && part->irqs->len
                            ? irqs_text(part->irqs) : NULL;

    return g_strdup_printf("%s (%s%s%s)", part->name, part->type,
                           irqs ? ", " : "", irqs ?: "");
}

char *het_memmap_part_title(const HetMemmapPart *part)
{
    if (part->type) {
        return device_title(part);
    }
    if (g_str_equal(part->kind, "machine") ||
        g_str_equal(part->kind, "region")) {
        return g_strdup(part->name);
    }
    return g_strdup_printf("%s %s", part->kind, part->name);
}

char *het_memmap_size(guint64 size)
{
    static const char *const units[] = { "bytes", "KiB", "MiB", "GiB",
                                         "TiB" };
    guint unit = 0;

    while (size && size % 1024 == 0 && unit + 1 < G_N_ELEMENTS(units)) {
        size /= 1024;
        unit++;
    }
    return g_strdup_printf("%" G_GUINT64_FORMAT " %s", size, units[unit]);
}

char *het_memmap_block_size(const HetMemmapBlock *block)
{
    const HetMemmapPart *only = block->parts->len == 1
        ? block->parts->pdata[0] : NULL;

    switch (block->kind) {
    case HET_BLOCK_MEMORY:
    case HET_BLOCK_IDM:
        return het_memmap_size(block->size);
    case HET_BLOCK_DEVICES:
        return only && only->size ? het_memmap_size(only->size) : NULL;
    default:
        return NULL;
    }
}

char *het_memmap_gap(const HetMemmapBlock *block)
{
    static const char *const units[] = { "bytes", "KiB", "MiB", "GiB",
                                         "TiB" };
    guint unit = 0;
    double size = block->gap;

    if (!block->gap) {
        return NULL;
    }
    while (size >= 1024 && unit + 1 < G_N_ELEMENTS(units)) {
        size /= 1024;
        unit++;
    }
    return g_strdup_printf("%.0f %s free", size, units[unit]);
}

char *het_memmap_address(guint64 address)
{
    return g_strdup_printf("0x%08" G_GINT64_MODIFIER "x", address);
}

char *het_memmap_block_irqs(const HetMemmapBlock *block)
{
    return block->irqs ? irqs_text(block->irqs) : NULL;
}

char *het_memmap_block_range(const HetMemmapBlock *block)
{
    guint64 end = block->address + (block->size - 1);
    const HetMemmapPart *last = block->parts->len
        ? block->parts->pdata[block->parts->len - 1] : NULL;
    g_autofree char *first_text = het_memmap_address(block->address);
    g_autofree char *end_text = NULL;

    if (last && !last->size) {
        end = last->address;
    }
    end_text = het_memmap_address(end);
    return end == block->address
           ? g_steal_pointer(&first_text)
           : g_strdup_printf("%s – %s", first_text, end_text);
}

GPtrArray *het_memmap_block_elsewhere(const HetMemmapBlock *block)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    guint n = block->elsewhere->len;
    guint shown = n > ELSEWHERE_MAX ? ELSEWHERE_MAX : n;

    for (guint i = 0; i < shown; i++) {
        const HetMemmapBlock *other = block->elsewhere->pdata[i];
        g_autofree char *address = het_memmap_address(other->address);

        g_ptr_array_add(words, g_strdup_printf("%s at %s",
                                               other->proc == block->proc
                                               ? "also" : other->proc->name,
                                               address));
    }
    if (n > shown) {
        g_ptr_array_add(words, g_strdup_printf("%u more", n - shown));
    }
    return words;
}

char *het_memmap_column_subtitle(const HetMemmapColumn *column)
{
    const HetProcessor *proc = column->proc;

    return g_strdup_printf("%s, %s %s%s%s",
                           proc->is_master ? "master" : "slave", proc->arch,
                           proc->machine, proc->cpu_model ? ", " : "",
                           proc->cpu_model ?: "");
}

const HetMemmapBlock *het_memmap_next(const HetMemmap *map, guint column,
                                      guint row)
{
    const HetMemmapColumn *c = map->columns->pdata[column];

    for (guint i = 0; i < c->blocks->len; i++) {
        const HetMemmapBlock *block = c->blocks->pdata[i];

        if (block->row > row) {
            return block;
        }
    }
    return NULL;
}

const HetMemmapBlock *het_memmap_filler(const HetMemmap *map, guint column,
                                        guint row)
{
    const HetMemmapColumn *c = map->columns->pdata[column];
    const HetMemmapBlock *above = NULL;

    for (guint i = 0; i < c->blocks->len; i++) {
        const HetMemmapBlock *block = c->blocks->pdata[i];

        if (block->row == row) {
            return block;
        }
        if (block->row > row) {
            return block->gap ? NULL : above;
        }
        above = block;
    }
    return NULL;
}
