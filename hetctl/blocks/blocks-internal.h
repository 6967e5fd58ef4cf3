/*
 * Filling in the register blocks of a chip
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_BLOCKS_INTERNAL_H
#define HET_BLOCKS_INTERNAL_H

#include "blocks/blocks.h"

/* More than any chip has; bounds what a file can ask for */
#define HET_BLOCKS_MAX 4096
#define HET_BLOCKS_REGISTERS_MAX 1000000

gboolean het_blocks_parse_fdt(HetBlocks *blocks, const char *data, gsize len,
                              const char *source, GError **error);
gboolean het_blocks_parse_svd(HetBlocks *blocks, const char *data, gsize len,
                              const char *source, GError **error);

/* @name: made into one that a <stub> may have.  NULL: there are too many */
HetBlock *het_blocks_add(HetBlocks *blocks, const char *name,
                         guint64 address, guint64 size);
G_GNUC_PRINTF(2, 3)
void het_block_note(HetBlock *block, const char *format, ...);
/* Of @size bits, at most 32; what it shares a word with is joined. */
void het_block_add_register(HetBlock *block, const char *name,
                            guint64 offset, guint size, guint64 value);
/* A fault of the file: HET_ERROR_XML; always FALSE */
G_GNUC_PRINTF(3, 4)
gboolean het_blocks_fail(GError **error, const char *source,
                         const char *format, ...);

#endif
