/*
 * What goes into the memory of a slave, placed before a byte is written
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/load-plan.h"

#include <errno.h>
#include <unistd.h>

#define X64 "0x%" G_GINT64_MODIFIER "x"
#define CHUNK 65536

struct HetLoadPlan {
    GPtrArray *windows;         /* HetWindow */
    GArray *pieces;             /* HetLoadPiece */
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

/* Is the piece in one of the places of @window? */
static gboolean window_has(const HetWindow *window, HetLoadPiece *piece)
{
    for (guint i = 0; i < window->addresses->len; i++) {
        guint64 start = g_array_index(window->addresses, guint64, i);

        if (piece->address >= start && piece->size <= window->size &&
            piece->address - start <= window->size - piece->size) {
            piece->segment_offset = window->segment_offset +
                                    (piece->address - start);
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean place(const HetLoadPlan *pieces, HetLoadPiece *piece,
                      GError **error)
{
    for (guint i = 0; i < pieces->windows->len; i++) {
        if (window_has(g_ptr_array_index(pieces->windows, i), piece)) {
            return TRUE;
        }
    }
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "its part at " X64 ", " X64 " bytes, lies in none of the "
                "slave's windows", piece->address, piece->size);
    return FALSE;
}

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

gboolean het_load_plan_add(HetLoadPlan *pieces, const HetLoadPiece *piece,
                           GError **error)
{
    HetLoadPiece copy = *piece;

    if (!place(pieces, &copy, error) ||
        !check_overlap(pieces, &copy, error)) {
        return FALSE;
    }
    if (copy.data) {
        g_bytes_ref(copy.data);
    }
    g_array_append_val(pieces->pieces, copy);
    return TRUE;
}

void het_load_plan_replace_data(HetLoadPlan *pieces, HetLoadPieceKind kind,
                                GBytes *data)
{
    for (guint i = 0; i < pieces->pieces->len; i++) {
        HetLoadPiece *piece = &g_array_index(pieces->pieces, HetLoadPiece, i);

        if (piece->kind == kind) {
            g_assert(g_bytes_get_size(data) == het_load_piece_data_size(piece));
            g_bytes_unref(piece->data);
            piece->data = g_bytes_ref(data);
        }
    }
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
    while (size) {
        ssize_t n = pwrite(fd, data, size, offset);

        if (n < 0 && errno != EINTR) {
            int saved = errno;

            g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                        "cannot write it: %s", g_strerror(saved));
            return FALSE;
        }
        if (n > 0) {
            data += n;
            size -= n;
            offset += n;
        }
    }
    return TRUE;
}

static gboolean copy_file(const HetLoadPiece *piece, int fd, guint64 offset,
                          GError **error)
{
    g_autofree char *chunk = g_malloc(CHUNK);
    guint64 done = 0;

    while (done < piece->file_size) {
        gsize want = MIN(piece->file_size - done, CHUNK);
        ssize_t n = pread(piece->fd, chunk, want, piece->file_offset + done);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                        "cannot read it: %s",
                        n ? g_strerror(errno) : "it has become shorter");
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

gboolean het_load_plan_write(const HetLoadPlan *pieces,
                             const HetSegment *segment, GError **error)
{
    int fd = het_segment_get_fd(segment);

    for (guint i = 0; i < pieces->pieces->len; i++) {
        const HetLoadPiece *piece = het_load_plan_get(pieces, i);

        if (!het_load_piece_copy(piece, fd, piece->segment_offset, error) ||
            !fill_rest(piece, fd, error)) {
            g_prefix_error(error, "copying the %s into the platform memory: ",
                           kind_names[piece->kind]);
            return FALSE;
        }
    }
    return TRUE;
}
