/*
 * What goes into the memory of a slave, placed before a byte is written
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/load-plan.h"

#include <errno.h>

#include "util/write-all.h"

#define X64 "0x%" G_GINT64_MODIFIER "x"
#define CHUNK 65536

/* What is loaded may lie over itself, but not again and again. */
#define FILLS_MAX 4
/* Each is compared with all others. */
#define PIECES_MAX 4096

struct HetLoadPlan {
    GPtrArray *windows;         /* HetWindow */
    GArray *pieces;             /* HetLoadPiece */
    guint64 room;               /* bytes that may still be added */
};

static const char *const kind_names[] = {
    "kernel", "device tree", "initrd", "loader", "page before the kernel",
};

static void piece_clear(gpointer data)
{
    g_clear_pointer(&((HetLoadPiece *)data)->data, g_bytes_unref);
}

HetLoadPlan *het_load_plan_new(const HetSoc *soc, const HetProcessor *slave)
{
    HetLoadPlan *pieces = g_new0(HetLoadPlan, 1);

    pieces->windows = het_soc_get_windows(soc, slave);
    pieces->pieces = g_array_new(FALSE, TRUE, sizeof(HetLoadPiece));
    g_array_set_clear_func(pieces->pieces, piece_clear);
    for (guint i = 0; i < pieces->windows->len; i++) {
        const HetWindow *window = g_ptr_array_index(pieces->windows, i);

        pieces->room += FILLS_MAX * window->size;
    }
    return pieces;
}

void het_load_plan_free(HetLoadPlan *pieces)
{
    if (pieces) {
        g_ptr_array_unref(pieces->windows);
        g_array_unref(pieces->pieces);
        g_free(pieces);
    }
}

/* ---- windows ---- */

/* Bytes of the one window that has @address from there on, 0: none has */
static guint64 room_at(const HetLoadPlan *pieces, guint64 address,
                       guint64 *segment_offset)
{
    for (guint i = 0; i < pieces->windows->len; i++) {
        const HetWindow *window = g_ptr_array_index(pieces->windows, i);

        for (guint j = 0; j < window->addresses->len; j++) {
            guint64 start = g_array_index(window->addresses, guint64, j);

            if (address >= start && address - start < window->size) {
                *segment_offset = window->segment_offset + (address - start);
                return window->size - (address - start);
            }
        }
    }
    return 0;
}

/* Up to @size bytes at @address for which windows side by side have memory */
static guint64 fitting(const HetLoadPlan *pieces, guint64 address,
                       guint64 size)
{
    guint64 done = 0;
    guint64 offset;

    while (done < size && done <= G_MAXUINT64 - address) {
        guint64 room = room_at(pieces, address + done, &offset);

        if (!room) {
            break;
        }
        done += MIN(room, size - done);
    }
    return done;
}

gboolean het_load_plan_fits(const HetLoadPlan *pieces, guint64 address,
                            guint64 size)
{
    return fitting(pieces, address, size) == size;
}

static gboolean check_place(const HetLoadPlan *pieces,
                            const HetLoadPiece *piece, GError **error)
{
    guint64 done = fitting(pieces, piece->address, piece->size);

    if (done == piece->size) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "its part at " X64 ", " X64 " bytes, does not lie in the "
                "slave's windows: nothing is mapped at " X64, piece->address,
                piece->size, piece->address + done);
    return FALSE;
}

/* @size bytes of @piece from @from on */
static HetLoadPiece slice(const HetLoadPiece *piece, guint64 from,
                          guint64 size)
{
    guint64 have = het_load_piece_data_size(piece);
    HetLoadPiece part = *piece;

    part.address += from;
    part.size = size;
    part.file_offset += from;
    part.file_size = from < have ? MIN(size, have - from) : 0;
    part.data = piece->data && part.file_size
                ? g_bytes_new_from_bytes(piece->data, from, part.file_size)
                : NULL;
    return part;
}

/* A slice for each window. All of @piece has a place. */
static GArray *split(const HetLoadPlan *pieces, const HetLoadPiece *piece)
{
    GArray *slices = g_array_new(FALSE, FALSE, sizeof(HetLoadPiece));
    guint64 done = 0;

    g_array_set_clear_func(slices, piece_clear);
    while (done < piece->size) {
        guint64 offset;
        guint64 room = room_at(pieces, piece->address + done, &offset);
        HetLoadPiece part = slice(piece, done, MIN(room, piece->size - done));

        part.segment_offset = offset;
        g_array_append_val(slices, part);
        done += part.size;
    }
    return slices;
}

/* ---- pieces ---- */

/* Sizes are those of windows: the sums do not wrap. */
static gboolean check_overlap(const HetLoadPlan *pieces,
                              const HetLoadPiece *piece, GError **error)
{
    for (guint i = 0; i < pieces->pieces->len; i++) {
        const HetLoadPiece *other = het_load_plan_get(pieces, i);

        if (other->kind != piece->kind &&
            piece->segment_offset < other->segment_offset + other->size &&
            other->segment_offset < piece->segment_offset + piece->size) {
            g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                        "its " X64 " bytes at " X64 " overlap the %s, " X64
                        " bytes at " X64, piece->size, piece->address,
                        kind_names[other->kind], other->size,
                        other->address);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean take_room(HetLoadPlan *pieces, const HetLoadPiece *piece,
                          GError **error)
{
    if (piece->size > pieces->room) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "its parts lie over each other so often that they have "
                    "%d times the bytes of the slave's windows", FILLS_MAX);
        return FALSE;
    }
    pieces->room -= piece->size;
    return TRUE;
}

gboolean het_load_plan_add(HetLoadPlan *pieces, const HetLoadPiece *piece,
                           GError **error)
{
    g_autoptr(GArray) slices = NULL;

    if (!check_place(pieces, piece, error) ||
        !take_room(pieces, piece, error)) {
        return FALSE;
    }
    slices = split(pieces, piece);
    if (pieces->pieces->len + slices->len > PIECES_MAX) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "it comes to more than %d pieces in the slave's windows",
                    PIECES_MAX);
        return FALSE;
    }
    for (guint i = 0; i < slices->len; i++) {
        if (!check_overlap(pieces, &g_array_index(slices, HetLoadPiece, i),
                           error)) {
            return FALSE;
        }
    }
    for (guint i = 0; i < slices->len; i++) {
        HetLoadPiece *part = &g_array_index(slices, HetLoadPiece, i);

        g_array_append_val(pieces->pieces, *part);
        part->data = NULL;
    }
    return TRUE;
}

void het_load_plan_replace_data(HetLoadPlan *pieces, HetLoadPieceKind kind,
                                GBytes *data)
{
    gsize done = 0;

    for (guint i = 0; i < pieces->pieces->len; i++) {
        HetLoadPiece *piece = &g_array_index(pieces->pieces, HetLoadPiece, i);
        gsize size;

        if (piece->kind == kind && piece->data) {
            size = g_bytes_get_size(piece->data);
            g_bytes_unref(piece->data);
            piece->data = g_bytes_new_from_bytes(data, done, size);
            done += size;
        }
    }
    g_assert(done == g_bytes_get_size(data));
}

/* The lowest piece that [address, address + size) touches, or NULL */
static const HetLoadPiece *lowest_hit(const HetLoadPlan *pieces,
                                      guint64 address, guint64 size)
{
    const HetLoadPiece *lowest = NULL;

    for (guint i = 0; i < pieces->pieces->len; i++) {
        const HetLoadPiece *piece = het_load_plan_get(pieces, i);

        if (address < piece->address + piece->size &&
            piece->address < address + size &&
            (!lowest || piece->address < lowest->address)) {
            lowest = piece;
        }
    }
    return lowest;
}

gboolean het_load_plan_find_place(const HetLoadPlan *pieces, guint64 start,
                                  guint64 end, guint64 size, guint64 align,
                                  guint64 *address)
{
    const HetLoadPiece *hit;

    while (size <= end && end - size >= start) {
        *address = (end - size) & ~(align - 1);
        hit = lowest_hit(pieces, *address, size);
        if (!hit) {
            return *address >= start;
        }
        end = hit->address;
    }
    return FALSE;
}

guint het_load_plan_count(const HetLoadPlan *pieces)
{
    return pieces->pieces->len;
}

const HetLoadPiece *het_load_plan_get(const HetLoadPlan *pieces, guint index)
{
    return &g_array_index(pieces->pieces, HetLoadPiece, index);
}

guint64 het_load_piece_data_size(const HetLoadPiece *piece)
{
    return piece->data ? g_bytes_get_size(piece->data) : piece->file_size;
}

static gboolean write_all(int fd, const char *data, gsize size,
                          guint64 offset, GError **error)
{
    int code = het_write_at(fd, data, size, offset);

    if (code) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot write it: %s", g_strerror(code));
    }
    return !code;
}

static gboolean copy_file(const HetLoadPiece *piece, int fd, guint64 offset,
                          GError **error)
{
    g_autofree char *chunk = g_malloc(CHUNK);
    guint64 done = 0;

    while (done < piece->file_size) {
        gsize n = MIN(piece->file_size - done, CHUNK);
        int code = het_read_at(piece->fd, chunk, n,
                               piece->file_offset + done);

        if (code) {
            g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                        "cannot read it: %s", code == ENODATA
                        ? "it has become shorter" : g_strerror(code));
            return FALSE;
        }
        if (!write_all(fd, chunk, n, offset + done, error)) {
            return FALSE;
        }
        done += n;
    }
    return TRUE;
}

gboolean het_load_piece_copy(const HetLoadPiece *piece, int fd, guint64 offset,
                             GError **error)
{
    const char *data;
    gsize size;

    if (!piece->data) {
        return copy_file(piece, fd, offset, error);
    }
    data = g_bytes_get_data(piece->data, &size);
    return write_all(fd, data, size, offset, error);
}

static gboolean fill_rest(const HetLoadPiece *piece, int fd, GError **error)
{
    static const char zeroes[CHUNK];
    guint64 done = het_load_piece_data_size(piece);

    while (done < piece->size) {
        gsize n = MIN(piece->size - done, sizeof(zeroes));

        if (!write_all(fd, zeroes, n, piece->segment_offset + done, error)) {
            return FALSE;
        }
        done += n;
    }
    return TRUE;
}

static gboolean write_piece(const HetLoadPiece *piece, int fd,
                            gboolean zeroes, GError **error)
{
    if (zeroes ? fill_rest(piece, fd, error)
               : het_load_piece_copy(piece, fd, piece->segment_offset,
                                     error)) {
        return TRUE;
    }
    g_prefix_error(error, "copying the %s into the platform memory: ",
                   kind_names[piece->kind]);
    return FALSE;
}

static gboolean write_pieces(const HetLoadPlan *pieces, int fd,
                             gboolean zeroes, GError **error)
{
    for (guint i = 0; i < pieces->pieces->len; i++) {
        if (!write_piece(het_load_plan_get(pieces, i), fd, zeroes, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean require_memory(const HetLoadPlan *pieces,
                               const HetSegment *segment, GError **error)
{
    for (guint i = 0; i < pieces->pieces->len; i++) {
        const HetLoadPiece *piece = het_load_plan_get(pieces, i);

        if (!het_segment_require(segment, piece->segment_offset, piece->size,
                                 error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* All zeroes first: they never go over bytes. */
gboolean het_load_plan_write(const HetLoadPlan *pieces,
                             const HetSegment *segment, GError **error)
{
    int fd = het_segment_get_fd(segment);

    return require_memory(pieces, segment, error) &&
           write_pieces(pieces, fd, TRUE, error) &&
           write_pieces(pieces, fd, FALSE, error);
}
