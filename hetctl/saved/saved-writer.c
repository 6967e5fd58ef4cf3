/*
 * Writing the file of a saved SoC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "saved/saved.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "saved/saved-format.h"
#include "util/error.h"
#include "util/interrupt.h"
#include "util/write-all.h"

/* The fastest one pays most: what is saved is read again soon. */
#define ZSTD_LEVEL 1
/* Code is much, and more time than room is wanted for it. */
#define CODE_LEVEL -3
#define CODE_THREADS 2

struct HetSavedWriter {
    int fd;
    HetSavedCompression compression;
    guint64 at;
    GArray *pieces;             /* SavedPiece */
    guint8 *buffer;
    ZSTD_CCtx *zstd;
    guint8 *packed;
    gsize packed_size;
};

HetSavedWriter *het_saved_writer_new(int fd, HetSavedCompression compression)
{
    HetSavedWriter *w = g_new0(HetSavedWriter, 1);

    w->fd = fd;
    w->compression = compression;
    w->pieces = g_array_new(FALSE, FALSE, sizeof(SavedPiece));
    w->buffer = g_malloc(SAVED_PIECE_MAX);
    if (compression == HET_SAVED_ZSTD) {
        w->zstd = ZSTD_createCCtx();
        w->packed_size = ZSTD_compressBound(SAVED_PIECE_MAX);
        w->packed = g_malloc(w->packed_size);
    }
    return w;
}

void het_saved_writer_free(HetSavedWriter *w)
{
    if (w) {
        g_array_unref(w->pieces);
        g_free(w->buffer);
        ZSTD_freeCCtx(w->zstd);
        g_free(w->packed);
        g_free(w);
    }
}

/* A header that says nothing, until all is there */
static gboolean begin(HetSavedWriter *w, GError **error)
{
    static const guint8 nothing[SAVED_PAGE];

    if (w->at) {
        return TRUE;
    }
    w->at = sizeof(nothing);
    return het_write_all(w->fd, nothing, sizeof(nothing), error);
}

static gboolean append(HetSavedWriter *w, gconstpointer data, gsize size,
                       GError **error)
{
    if (!begin(w, error) || !het_write_all(w->fd, data, size, error)) {
        return FALSE;
    }
    w->at += size;
    return TRUE;
}

static gboolean pack(HetSavedWriter *w, gconstpointer *data, gsize *size,
                     GError **error)
{
    gsize length;

    if (w->compression != HET_SAVED_ZSTD) {
        return TRUE;
    }
    length = w->zstd ? ZSTD_compressCCtx(w->zstd, w->packed, w->packed_size,
                                         *data, *size, ZSTD_LEVEL)
                     : (gsize)-1;
    if (!w->zstd || ZSTD_isError(length)) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot compress: %s",
                    w->zstd ? ZSTD_getErrorName(length) : "no memory");
        return FALSE;
    }
    *data = w->packed;
    *size = length;
    return TRUE;
}

static gboolean add_piece(HetSavedWriter *w, guint64 offset,
                          gconstpointer data, gsize size, GError **error)
{
    SavedPiece piece = { .offset = offset, .length = size };

    if (!begin(w, error) || !pack(w, &data, &size, error)) {
        return FALSE;
    }
    piece.at = w->at;
    piece.stored = size;
    piece.crc = het_saved_crc(data, size);
    g_array_append_val(w->pieces, piece);
    return append(w, data, size, error);
}

static gboolean is_zero(const guint8 *page, gsize size)
{
    return page[0] == 0 && !memcmp(page, page + 1, size - 1);
}

/* @size bytes of w->buffer are what is at @offset. */
static gboolean add_pieces(HetSavedWriter *w, guint64 offset, gsize size,
                           GError **error)
{
    gsize begin = 0;

    for (gsize at = 0; at < size; at += SAVED_PAGE) {
        gsize length = MIN(SAVED_PAGE, size - at);

        if (!is_zero(w->buffer + at, length)) {
            continue;
        }
        if (at > begin && !add_piece(w, offset + begin, w->buffer + begin,
                                     at - begin, error)) {
            return FALSE;
        }
        begin = at + length;
    }
    return begin >= size || add_piece(w, offset + begin, w->buffer + begin,
                                      size - begin, error);
}

static gboolean read_memory(int fd, void *buffer, gsize size, guint64 offset,
                            GError **error)
{
    int code = het_read_at(fd, buffer, size, offset);

    if (code) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot read at %" G_GUINT64_FORMAT ": %s", offset,
                    code == ENODATA ? "it ends before" : g_strerror(code));
    }
    return !code;
}

/* Memory that nobody has touched yet is not even looked at. */
static guint64 next_data(int fd, guint64 offset, guint64 size)
{
    off_t data = lseek(fd, offset, SEEK_DATA);

    if (data < 0) {
        return errno == ENXIO ? size : offset;
    }
    return MIN((guint64)data & ~(guint64)(SAVED_PAGE - 1), size);
}

gboolean het_saved_writer_add_memory(HetSavedWriter *w, int memory,
                                     guint64 size, GError **error)
{
    guint64 offset = next_data(memory, 0, size);

    while (offset < size) {
        off_t hole = lseek(memory, offset, SEEK_HOLE);
        guint64 end = hole < 0 ? size : MIN((guint64)hole, size);
        gsize length = MIN(MAX(end, offset + 1) - offset, SAVED_PIECE_MAX);

        length = MIN((length + SAVED_PAGE - 1) & ~(gsize)(SAVED_PAGE - 1),
                     size - offset);
        if (het_interrupted(error) ||
            !read_memory(memory, w->buffer, length, offset, error) ||
            !add_pieces(w, offset, length, error)) {
            return FALSE;
        }
        offset = next_data(memory, offset + length, size);
    }
    return TRUE;
}

static gboolean get_size(int fd, gsize *size, GError **error)
{
    off_t length = lseek(fd, 0, SEEK_END);

    if (length <= 0 || length > SAVED_DIRECTORY_MAX) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "the emulator has written %" G_GINT64_FORMAT " bytes",
                    (gint64)length);
        return FALSE;
    }
    *size = length;
    return TRUE;
}

static guint8 *read_file(int fd, gsize *size, GError **error)
{
    g_autofree guint8 *data = NULL;

    if (!get_size(fd, size, error)) {
        return NULL;
    }
    data = g_try_malloc(*size);
    if (!data) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE, "no memory");
        return NULL;
    }
    return read_memory(fd, data, *size, 0, error) ? g_steal_pointer(&data)
                                                  : NULL;
}

static gboolean pack_code(HetSavedCode *code, const guint8 *data, GError **error)
{
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    gsize bound = ZSTD_compressBound(code->size);

    code->data = g_try_malloc(bound);
    if (!zstd || !code->data) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE, "no memory");
        ZSTD_freeCCtx(zstd);
        return FALSE;
    }
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, CODE_LEVEL);
    /* A zstd without threads does not know it, and needs longer. */
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_nbWorkers, CODE_THREADS);
    code->stored = ZSTD_compress2(zstd, code->data, bound, data, code->size);
    ZSTD_freeCCtx(zstd);
    if (ZSTD_isError(code->stored)) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot compress: %s", ZSTD_getErrorName(code->stored));
        return FALSE;
    }
    return TRUE;
}

HetSavedCode *het_saved_code_pack(int fd, GError **error)
{
    g_autoptr(HetSavedCode) code = g_new0(HetSavedCode, 1);
    guint8 *data;
    gboolean ok;

    /* The emulator has it as well. */
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE, "cannot seal it: %s",
                    g_strerror(errno));
        return NULL;
    }
    if (!get_size(fd, &code->size, error)) {
        return NULL;
    }
    data = mmap(NULL, code->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE, "cannot map it: %s",
                    g_strerror(errno));
        return NULL;
    }
    ok = pack_code(code, data, error);
    munmap(data, code->size);
    return ok ? g_steal_pointer(&code) : NULL;
}

void het_saved_code_free(HetSavedCode *code)
{
    if (code) {
        g_free(code->data);
        g_free(code);
    }
}

gboolean het_saved_writer_add_state(HetSavedWriter *w,
                                    HetSavedProcessor *processor, int state,
                                    GError **error)
{
    gsize length;
    g_autofree guint8 *data = read_file(state, &length, error);

    if (!data || !begin(w, error)) {
        return FALSE;
    }
    processor->at = w->at;
    processor->length = length;
    processor->crc = het_saved_crc(data, length);
    return append(w, data, length, error);
}

gboolean het_saved_writer_add_code(HetSavedWriter *w,
                                   HetSavedProcessor *processor,
                                   const HetSavedCode *code, GError **error)
{
    if (!begin(w, error)) {
        return FALSE;
    }
    processor->code.at = w->at;
    processor->code.stored = code->stored;
    processor->code.size = code->size;
    processor->code.crc = het_saved_crc(code->data, code->stored);
    return append(w, code->data, code->stored, error);
}

static GVariant *directory_of(const HetSavedWriter *w,
                              const HetSavedInfo *info)
{
    g_auto(GVariantBuilder) b =
        G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE(SAVED_DIRECTORY));

    g_variant_builder_add(&b, "s", info->soc);
    g_variant_builder_add(&b, "s", info->xml);
    g_variant_builder_add(&b, "s", info->emulator);
    g_variant_builder_add(&b, "s", info->when);
    g_variant_builder_add(&b, "t", info->memory_size);
    g_variant_builder_open(&b, G_VARIANT_TYPE("a" SAVED_PROCESSOR));
    for (guint i = 0; i < info->processors->len; i++) {
        const HetSavedProcessor *p = g_ptr_array_index(info->processors, i);

        g_variant_builder_add(&b, SAVED_PROCESSOR, p->name, p->ran,
                              p->attached, p->host_ns, p->guest_ns, p->at,
                              p->length, p->crc, p->code.at, p->code.stored,
                              p->code.size, p->code.crc);
    }
    g_variant_builder_close(&b);
    g_variant_builder_open(&b, G_VARIANT_TYPE("a" SAVED_PIECE));
    for (guint i = 0; i < w->pieces->len; i++) {
        const SavedPiece *p = &g_array_index(w->pieces, SavedPiece, i);

        g_variant_builder_add(&b, SAVED_PIECE, p->offset, p->length, p->at,
                              p->stored, p->crc);
    }
    g_variant_builder_close(&b);
    return g_variant_ref_sink(g_variant_builder_end(&b));
}

static gboolean write_header(HetSavedWriter *w, SavedHeader *header,
                             GError **error)
{
    memcpy(header->magic, SAVED_MAGIC, sizeof(header->magic));
    header->version = GUINT32_TO_LE(SAVED_VERSION);
    header->compression = GUINT32_TO_LE(w->compression);
    header->crc = GUINT32_TO_LE(het_saved_crc(header, offsetof(SavedHeader,
                                                               crc)));
    if (lseek(w->fd, 0, SEEK_SET) < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "%s",
                    g_strerror(errno));
        return FALSE;
    }
    return het_write_all(w->fd, header, sizeof(*header), error);
}

guint64 het_saved_writer_finish(HetSavedWriter *w, const HetSavedInfo *info,
                                GError **error)
{
    g_autoptr(GVariant) native = directory_of(w, info);
    g_autoptr(GVariant) directory =
        G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_variant_ref(native)
                                        : g_variant_byteswap(native);
    gsize length = g_variant_get_size(directory);
    gconstpointer data = g_variant_get_data(directory);
    SavedHeader header = { .directory_at = GUINT64_TO_LE(w->at) };

    if (!w->at || length > SAVED_DIRECTORY_MAX) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "its memory is in too many pieces");
        return 0;
    }
    header.directory_length = GUINT64_TO_LE(length);
    header.directory_crc = GUINT32_TO_LE(het_saved_crc(data, length));
    if (!append(w, data, length, error) ||
        !write_header(w, &header, error)) {
        return 0;
    }
    return w->at;
}
