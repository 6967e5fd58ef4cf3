/*
 * The memory map of a SoC: its rows, columns and blocks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "map/memmap-internal.h"

static const char *const block_kinds[] = {
    "memory", "idm", "devices", "machine",
};

const char *het_block_kind_to_string(HetBlockKind kind)
{
    return block_kinds[kind];
}

/* ---- life time ---- */

static void part_free(gpointer data)
{
    HetMemmapPart *part = data;

    g_free(part->name);
    g_free(part);
}

static void block_free(gpointer data)
{
    HetMemmapBlock *block = data;

    g_ptr_array_unref(block->parts);
    g_ptr_array_unref(block->elsewhere);
    g_free(block);
}

static void column_free(gpointer data)
{
    HetMemmapColumn *column = data;

    g_ptr_array_unref(column->blocks);
    g_free(column);
}

void het_memmap_free(HetMemmap *map)
{
    if (map) {
        g_ptr_array_unref(map->columns);
        g_ptr_array_unref(map->others);
        g_free(map);
    }
}

GPtrArray *het_memmap_columns_new(void)
{
    return g_ptr_array_new_with_free_func(column_free);
}

HetMemmapColumn *het_memmap_column_new(const HetProcessor *proc)
{
    HetMemmapColumn *column = g_new0(HetMemmapColumn, 1);

    column->proc = proc;
    column->blocks = g_ptr_array_new_with_free_func(block_free);
    return column;
}

HetMemmapBlock *het_memmap_add_block(HetMemmapColumn *column,
                                     HetBlockKind kind, const char *name,
                                     guint64 address, guint64 size)
{
    HetMemmapBlock *block = g_new0(HetMemmapBlock, 1);

    block->proc = column->proc;
    block->kind = kind;
    block->name = name;
    block->address = address;
    block->size = size;
    block->parts = g_ptr_array_new_with_free_func(part_free);
    block->elsewhere = g_ptr_array_new();
    g_ptr_array_add(column->blocks, block);
    return block;
}

HetMemmapPart *het_memmap_add_part(HetMemmapBlock *block, const char *kind,
                                   char *name, guint64 address, guint64 size)
{
    HetMemmapPart *part = g_new0(HetMemmapPart, 1);

    part->kind = kind;
    part->name = name;
    part->address = address;
    part->size = size;
    g_ptr_array_add(block->parts, part);
    return part;
}

gboolean het_memmap_block_same(const HetMemmapBlock *a,
                               const HetMemmapBlock *b)
{
    return a->kind == b->kind &&
           (a->kind == HET_BLOCK_MEMORY || a->kind == HET_BLOCK_IDM) &&
           g_str_equal(a->name, b->name) && a->offset == b->offset &&
           a->size == b->size;
}

const HetMemmapBlock *het_memmap_get(const HetMemmap *map, guint column,
                                     guint row)
{
    const HetMemmapColumn *c = map->columns->pdata[column];

    for (guint i = 0; i < c->blocks->len; i++) {
        const HetMemmapBlock *block = c->blocks->pdata[i];

        if (block->row == row) {
            return block;
        }
    }
    return NULL;
}

