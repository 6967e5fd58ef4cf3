/*
 * The parts of an ELF file in the memory of a slave
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/elf-load.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define X64 "0x%" G_GINT64_MODIFIER "x"
#define CHUNK 65536

static const HetElfPart *part_of(const HetElfFile *file, guint i)
{
    return &g_array_index(het_elf_file_get_parts(file), HetElfPart, i);
}

/* ---- zeroes ---- */

/*
 * A linker gives what has no bytes (.bss, a heap) a load address too, right
 * behind the one of .data. Only where the part runs, it is its own.
 */
static guint64 zeroes_of(const HetElfPart *part)
{
    return part->address == part->run_address ? part->size - part->file_size
                                              : 0;
}

static void explain_zeroes(const HetLoadPlan *plan, const HetElfPart *part,
                           GError **error)
{
    if (!part->file_size) {
        g_prefix_error(error, "it has no bytes in the file, only zeroes "
                       "('.bss'), and these do not fit: ");
    } else if (het_load_plan_fits(plan, part->address, part->file_size)) {
        g_prefix_error(error, "its " X64 " bytes in the file fit at " X64
                       ", the " X64 " zeroes behind them ('.bss') do not: ",
                       part->file_size, part->address,
                       part->size - part->file_size);
    }
}

static gboolean add_zeroes(HetLoadPlan *plan, const HetElfPart *part,
                           GError **error)
{
    const HetLoadPiece piece = {
        .kind = HET_LOAD_PIECE_KERNEL,
        .address = part->address + part->file_size,
        .size = zeroes_of(part),
    };

    if (!piece.size || het_load_plan_add(plan, &piece, error)) {
        return TRUE;
    }
    explain_zeroes(plan, part, error);
    return FALSE;
}

/* ---- bytes ---- */

static gboolean add_bytes(HetLoadPlan *plan, const HetElfFile *file, guint i,
                          GError **error)
{
    const HetElfPart *part = part_of(file, i);
    const HetLoadPiece piece = {
        .kind = HET_LOAD_PIECE_KERNEL,
        .part = i,
        .address = part->address,
        .size = part->file_size,
        .fd = het_elf_file_get_fd(file),
        .file_offset = part->file_offset,
        .file_size = part->file_size,
    };

    return !piece.size || het_load_plan_add(plan, &piece, error);
}

static gboolean add_all(HetLoadPlan *plan, const HetElfFile *file,
                        gboolean zeroes, GError **error)
{
    for (guint i = 0; i < het_elf_file_get_parts(file)->len; i++) {
        const HetElfPart *part = part_of(file, i);

        if (zeroes ? !add_zeroes(plan, part, error)
                   : !add_bytes(plan, file, i, error)) {
            g_prefix_error(error, "program header %u: ", part->index);
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- bytes over bytes ---- */

/* The first of @size bytes that differs, or @size; -1: cannot be read */
static gint64 compare(int fd, guint64 a, guint64 b, guint64 size)
{
    g_autofree guint8 *x = g_malloc(CHUNK);
    g_autofree guint8 *y = g_malloc(CHUNK);
    guint64 done = 0;

    while (a != b && done < size) {
        ssize_t want = MIN(size - done, CHUNK);

        if (pread(fd, x, want, a + done) != want ||
            pread(fd, y, want, b + done) != want) {
            return -1;
        }
        for (ssize_t i = 0; i < want; i++) {
            if (x[i] != y[i]) {
                return done + i;
            }
        }
        done += want;
    }
    return size;
}

static gboolean set_different(const HetElfPart *a, const HetElfPart *b,
                              guint64 address, GError **error)
{
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "its program headers %u (" X64 "-" X64 ") and %u (" X64 "-"
                X64 ") have different bytes for " X64 "; mend the load "
                "addresses in the linker script", a->index, a->address,
                a->address + a->file_size - 1, b->index, b->address,
                b->address + b->file_size - 1, address);
    return FALSE;
}

/* @a begins first, or where @b does. */
static gboolean check_pair(const HetElfFile *file, const HetLoadPiece *a,
                           const HetLoadPiece *b, GError **error)
{
    guint64 inside = b->segment_offset - a->segment_offset;
    guint64 size;
    gint64 same;

    if (inside >= a->size) {
        return TRUE;
    }
    size = MIN(b->size, a->size - inside);
    same = compare(het_elf_file_get_fd(file), a->file_offset + inside,
                   b->file_offset, size);
    if (same < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot read the bytes of its program header %u",
                    part_of(file, b->part)->index);
        return FALSE;
    }
    return (guint64)same == size ||
           set_different(part_of(file, MIN(a->part, b->part)),
                         part_of(file, MAX(a->part, b->part)),
                         b->address + same, error);
}

static int by_place(gconstpointer a, gconstpointer b)
{
    const HetLoadPiece *x = *(const HetLoadPiece *const *)a;
    const HetLoadPiece *y = *(const HetLoadPiece *const *)b;

    return (x->segment_offset > y->segment_offset) -
           (x->segment_offset < y->segment_offset);
}

/* HetLoadPiece with bytes, from @first on, as they lie in the segment */
static GPtrArray *sort_pieces(const HetLoadPlan *plan, guint first)
{
    GPtrArray *sorted = g_ptr_array_new();

    for (guint i = first; i < het_load_plan_count(plan); i++) {
        g_ptr_array_add(sorted, (gpointer)het_load_plan_get(plan, i));
    }
    g_ptr_array_sort(sorted, by_place);
    return sorted;
}

/*
 * Each against that one of those before it which reaches farthest: with these
 * it has been compared.
 */
static gboolean check_bytes(const HetLoadPlan *plan, const HetElfFile *file,
                            guint first, GError **error)
{
    g_autoptr(GPtrArray) sorted = sort_pieces(plan, first);
    const HetLoadPiece *front = NULL;

    for (guint i = 0; i < sorted->len; i++) {
        const HetLoadPiece *piece = g_ptr_array_index(sorted, i);

        if (front && !check_pair(file, front, piece, error)) {
            return FALSE;
        }
        if (!front || piece->segment_offset + piece->size >
                      front->segment_offset + front->size) {
            front = piece;
        }
    }
    return TRUE;
}

gboolean het_elf_load(HetLoadPlan *plan, const HetElfFile *file,
                      GError **error)
{
    guint before = het_load_plan_count(plan);
    guint bytes;

    if (!add_all(plan, file, TRUE, error)) {
        return FALSE;
    }
    bytes = het_load_plan_count(plan);
    if (!add_all(plan, file, FALSE, error) ||
        !check_bytes(plan, file, bytes, error)) {
        return FALSE;
    }
    if (het_load_plan_count(plan) == before) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "there is nothing to load in it");
        return FALSE;
    }
    return TRUE;
}
