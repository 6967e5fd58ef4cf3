/*
 * What goes into the memory of a slave, placed before a byte is written
 *
 * A piece is checked when it is added: it lies in one window of the slave and
 * overlaps no piece of another kind, also not by way of an alias.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_PIECES_H
#define HET_PIECES_H

#include "host/segment.h"
#include "soc/soc.h"
#include "util/error.h"

typedef enum {
    HET_PIECE_KERNEL,           /* or a firmware */
    HET_PIECE_DTB,
    HET_PIECE_INITRD,
    HET_PIECE_LOADER,
    HET_PIECE_STUB,             /* where the core starts before a loader */
} HetPieceKind;

typedef struct {
    HetPieceKind kind;
    guint64 address;            /* as the slave sees it */
    guint64 size;               /* what the data does not fill is 0 */
    GBytes *data;               /* or NULL: out of the file */
    int fd;                     /* stays open as long as the pieces */
    guint64 file_offset;
    guint64 file_size;
    guint64 segment_offset;     /* het_pieces_add() sets it */
} HetPiece;

typedef struct HetPieces HetPieces;

HetPieces *het_pieces_new(const HetSoc *soc, const HetProcessor *slave);
void het_pieces_free(HetPieces *pieces);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetPieces, het_pieces_free)

/* Copies @piece. */
gboolean het_pieces_add(HetPieces *pieces, const HetPiece *piece,
                        GError **error);
/* Of the piece of this kind, which has data of the same size already */
void het_pieces_replace_data(HetPieces *pieces, HetPieceKind kind,
                             GBytes *data);
/*
 * The highest place for @size bytes in [@start, @end) that is aligned to
 * @align, a power of 2, and clear of all pieces.
 */
gboolean het_pieces_find_place(const HetPieces *pieces, guint64 start,
                               guint64 end, guint64 size, guint64 align,
                               guint64 *address);

guint het_pieces_count(const HetPieces *pieces);
const HetPiece *het_pieces_get(const HetPieces *pieces, guint index);
/* Bytes that come out of data or file; the rest of the size is 0 */
guint64 het_piece_data_size(const HetPiece *piece);
/* Copies these bytes to @fd at @offset. */
gboolean het_piece_copy(const HetPiece *piece, int fd, guint64 offset,
                        GError **error);

gboolean het_pieces_write(const HetPieces *pieces, const HetSegment *segment,
                          GError **error);

#endif
