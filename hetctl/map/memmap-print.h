/*
 * The memory map of a SoC as text, as a picture, as JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_MEMMAP_PRINT_H
#define HET_MEMMAP_PRINT_H

#include <json-glib/json-glib.h>

#include "map/memmap.h"

typedef struct {
    guint width;                /* of a line, in characters */
    gboolean utf8;              /* else ASCII */
    gboolean colour;
} HetMemmapStyle;

/* How many columns fit side by side into @width, at least 1 */
guint het_memmap_text_columns(guint width);
char *het_memmap_to_text(const HetMemmap *map, const HetMemmapStyle *style);
char *het_memmap_to_svg(const HetMemmap *map);
void het_memmap_add_json(const HetMemmap *map, JsonBuilder *b);

/* ---- words that text and picture have in common ---- */

/* "sram", "sram + 0x40000", "idm mail", "machine virt", "devices" */
char *het_memmap_block_title(const HetMemmapBlock *block);
/* Are its parts more than what its title says? */
gboolean het_memmap_block_has_list(const HetMemmapBlock *block);
/* "vdev0vring0", "UART", "stub rcc", "usart3 (stm32l4x5-usart, irq 39)" */
char *het_memmap_part_title(const HetMemmapPart *part);
/* "4 KiB", "480 MiB", "24 bytes" */
char *het_memmap_size(guint64 size);
/* NULL: it is not known, or each part has its own */
char *het_memmap_block_size(const HetMemmapBlock *block);
/* "256 MiB free", about; NULL when there is no gap before @block */
char *het_memmap_gap(const HetMemmapBlock *block);
/* "0x10000000 – 0x1005ffff" */
char *het_memmap_block_range(const HetMemmapBlock *block);
/* "0x10000000" */
char *het_memmap_address(guint64 address);
/* "irq 100, 101", or NULL */
char *het_memmap_block_irqs(const HetMemmapBlock *block);
/* "also at 0x30000000", "m4 at 0x0"; not more than some */
GPtrArray *het_memmap_block_elsewhere(const HetMemmapBlock *block);
/* "master, armv7l virt, cortex-a7" */
char *het_memmap_column_subtitle(const HetMemmapColumn *column);
/*
 * What fills the place of @column in @row: the block of this row, or the one
 * above that goes on without a gap to the block below; NULL: nothing
 */
const HetMemmapBlock *het_memmap_filler(const HetMemmap *map, guint column,
                                        guint row);
/* The next block upwards in the column, or NULL */
const HetMemmapBlock *het_memmap_next(const HetMemmap *map, guint column,
                                      guint row);

#endif
