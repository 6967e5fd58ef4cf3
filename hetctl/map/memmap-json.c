/*
 * The memory map of a SoC as JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "map/memmap-print.h"

#include "util/output.h"

static void begin_array(JsonBuilder *b, const char *name)
{
    json_builder_set_member_name(b, name);
    json_builder_begin_array(b);
}

static void add_irqs(const GArray *irqs, JsonBuilder *b)
{
    begin_array(b, "irqs");
    for (guint i = 0; i < irqs->len; i++) {
        json_builder_add_int_value(b, g_array_index(irqs, guint32, i));
    }
    json_builder_end_array(b);
}

static void add_part(const HetMemmapPart *part, JsonBuilder *b)
{
    json_builder_begin_object(b);
    het_json_add_string(b, "kind", part->kind);
    het_json_add_string(b, "name", part->name);
    het_json_add_uint(b, "address", part->address);
    if (part->type) {
        het_json_add_string(b, "type", part->type);
    }
    if (part->size) {
        het_json_add_uint(b, "size", part->size);
    }
    if (part->irqs) {
        add_irqs(part->irqs, b);
    }
    json_builder_end_object(b);
}

/* Where else the same bytes or registers are seen */
static void add_same(const HetMemmapBlock *block, const GPtrArray *columns,
                     JsonBuilder *b)
{
    for (guint c = 0; c < columns->len; c++) {
        const HetMemmapColumn *column = columns->pdata[c];

        for (guint i = 0; i < column->blocks->len; i++) {
            const HetMemmapBlock *other = column->blocks->pdata[i];

            if (other != block && het_memmap_block_same(block, other)) {
                json_builder_begin_object(b);
                het_json_add_string(b, "processor", other->proc->name);
                het_json_add_uint(b, "address", other->address);
                json_builder_end_object(b);
            }
        }
    }
}

static void add_block(const HetMemmap *map, const HetMemmapBlock *block,
                      JsonBuilder *b)
{
    json_builder_begin_object(b);
    het_json_add_string(b, "kind", het_block_kind_to_string(block->kind));
    het_json_add_string(b, "name", block->name);
    het_json_add_uint(b, "address", block->address);
    het_json_add_uint(b, "size", block->size);
    if (block->kind == HET_BLOCK_MEMORY) {
        het_json_add_uint(b, "offset", block->offset);
    }
    if (block->irqs) {
        add_irqs(block->irqs, b);
    }
    begin_array(b, "same");
    add_same(block, map->columns, b);
    add_same(block, map->others, b);
    json_builder_end_array(b);
    begin_array(b, "parts");
    for (guint i = 0; i < block->parts->len; i++) {
        add_part(block->parts->pdata[i], b);
    }
    json_builder_end_array(b);
    json_builder_end_object(b);
}

static void add_column(const HetMemmap *map, const HetMemmapColumn *column,
                       JsonBuilder *b)
{
    const HetProcessor *proc = column->proc;

    json_builder_begin_object(b);
    het_json_add_string(b, "name", proc->name);
    het_json_add_string(b, "role", proc->is_master ? "master" : "slave");
    het_json_add_string(b, "arch", proc->arch);
    het_json_add_string(b, "machine", proc->machine);
    het_json_add_string(b, "cpu", proc->cpu_model);
    begin_array(b, "blocks");
    for (guint i = 0; i < column->blocks->len; i++) {
        add_block(map, column->blocks->pdata[i], b);
    }
    json_builder_end_array(b);
    json_builder_end_object(b);
}

void het_memmap_add_json(const HetMemmap *map, JsonBuilder *b)
{
    json_builder_begin_object(b);
    het_json_add_string(b, "name", map->soc->name);
    begin_array(b, "memories");
    for (guint i = 0; i < map->soc->memories->len; i++) {
        const HetMemory *memory = map->soc->memories->pdata[i];

        json_builder_begin_object(b);
        het_json_add_string(b, "name", memory->name);
        het_json_add_uint(b, "size", memory->size);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
    begin_array(b, "processors");
    for (guint i = 0; i < map->columns->len; i++) {
        add_column(map, map->columns->pdata[i], b);
    }
    json_builder_end_array(b);
    json_builder_end_object(b);
}
