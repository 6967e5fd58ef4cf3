/*
 * What goes into the memory of a slave, placed before a byte is written
 *
 * A piece is checked when it is added: it lies in windows of the slave, of
 * which several may lie side by side, and overlaps no piece of another kind,
 * also not by way of an alias.  Zeroes are written before all bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_LOAD_PLAN_H
#define HET_LOAD_PLAN_H

#include "host/segment.h"
#include "soc/soc.h"
#include "util/error.h"

typedef enum {
    HET_LOAD_PIECE_KERNEL,           /* or a firmware */
    HET_LOAD_PIECE_DTB,
    HET_LOAD_PIECE_INITRD,
    HET_LOAD_PIECE_LOADER,
    HET_LOAD_PIECE_STUB,             /* where the core starts before a loader */
} HetLoadPieceKind;

typedef struct {
    HetLoadPieceKind kind;
    guint part;                 /* of a file: for who adds it */
    guint64 address;            /* as the slave sees it */
    guint64 size;               /* what the data does not fill is 0 */
    GBytes *data;               /* or NULL: out of the file */
    int fd;                     /* stays open as long as the pieces */
    guint64 file_offset;
    guint64 file_size;
    guint64 segment_offset;     /* het_load_plan_add() sets it */
} HetLoadPiece;

typedef struct HetLoadPlan HetLoadPlan;

HetLoadPlan *het_load_plan_new(const HetSoc *soc, const HetProcessor *slave);
void het_load_plan_free(HetLoadPlan *pieces);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetLoadPlan, het_load_plan_free)

/* Is there memory for @size bytes at @address? */
gboolean het_load_plan_fits(const HetLoadPlan *pieces, guint64 address,
                            guint64 size);
/* Copies @piece; it becomes one for each window that it spans. */
gboolean het_load_plan_add(HetLoadPlan *pieces, const HetLoadPiece *piece,
                           GError **error);
/* Of the pieces of this kind, which have data of the same size already */
void het_load_plan_replace_data(HetLoadPlan *pieces, HetLoadPieceKind kind,
                                GBytes *data);
/*
 * The highest place for @size bytes in [@start, @end) that is aligned to
 * @align, a power of 2, and clear of all pieces.
 */
gboolean het_load_plan_find_place(const HetLoadPlan *pieces, guint64 start,
                                  guint64 end, guint64 size, guint64 align,
                                  guint64 *address);

guint het_load_plan_count(const HetLoadPlan *pieces);
const HetLoadPiece *het_load_plan_get(const HetLoadPlan *pieces, guint index);
/* Bytes that come out of data or file; the rest of the size is 0 */
guint64 het_load_piece_data_size(const HetLoadPiece *piece);
/* Copies these bytes to @fd at @offset. */
gboolean het_load_piece_copy(const HetLoadPiece *piece, int fd, guint64 offset,
                             GError **error);

gboolean het_load_plan_write(const HetLoadPlan *pieces,
                             const HetSegment *segment, GError **error);

#endif
