/*
 * Reading the file of a saved SoC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "saved/saved.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "saved/saved-format.h"
#include "util/error.h"
#include "util/interrupt.h"
#include "util/write-all.h"

typedef struct {
    GMutex lock;
    int *fds;                   /* of each processor, -1: not opened yet */
} Codes;

struct HetSaved {
    int fd;
    guint64 size;
    SavedHeader header;         /* in the host's byte order */
    HetSavedInfo *info;
    GArray *pieces;             /* SavedPiece */
    Codes *codes;
};

static void codes_free(Codes *codes, const HetSavedInfo *info)
{
    for (guint i = 0; codes->fds && i < info->processors->len; i++) {
        if (codes->fds[i] >= 0) {
            close(codes->fds[i]);
        }
    }
    g_free(codes->fds);
    g_mutex_clear(&codes->lock);
    g_free(codes);
}

void het_saved_free(HetSaved *saved)
{
    if (saved) {
        if (saved->fd >= 0) {
            close(saved->fd);
        }
        codes_free(saved->codes, saved->info);
        g_clear_pointer(&saved->info, het_saved_info_free);
        g_clear_pointer(&saved->pieces, g_array_unref);
        g_free(saved);
    }
}

const HetSavedInfo *het_saved_get_info(const HetSaved *saved)
{
    return saved->info;
}

guint64 het_saved_get_memory_used(const HetSaved *saved)
{
    guint64 used = 0;

    for (guint i = 0; i < saved->pieces->len; i++) {
        used += g_array_index(saved->pieces, SavedPiece, i).length;
    }
    return used;
}

static gboolean fail(GError **error, const char *what)
{
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "%s", what);
    return FALSE;
}

/* All that is read is within the file as it was when it was opened. */
static gboolean read_at(const HetSaved *saved, void *buffer, gsize size,
                        guint64 at, GError **error)
{
    int code = het_read_at(saved->fd, buffer, size, at);

    return !code || fail(error, code == ENODATA ? "it is cut short"
                                                : g_strerror(code));
}

static gboolean is_within(const HetSaved *saved, guint64 at, guint64 length)
{
    return at >= SAVED_PAGE && at <= saved->size && length <= saved->size - at;
}

static gboolean read_header(HetSaved *saved, GError **error)
{
    SavedHeader *h = &saved->header;
    guint32 crc;

    if (saved->size < SAVED_PAGE) {
        return fail(error, "it is no saved SoC");
    }
    if (!read_at(saved, h, sizeof(*h), 0, error)) {
        return FALSE;
    }
    if (memcmp(h->magic, SAVED_MAGIC, sizeof(h->magic))) {
        return fail(error, "it is no saved SoC, or was never completed");
    }
    crc = het_saved_crc(h, offsetof(SavedHeader, crc));
    h->version = GUINT32_FROM_LE(h->version);
    h->directory_crc = GUINT32_FROM_LE(h->directory_crc);
    h->directory_at = GUINT64_FROM_LE(h->directory_at);
    h->directory_length = GUINT64_FROM_LE(h->directory_length);
    h->compression = GUINT32_FROM_LE(h->compression);
    if (h->version != SAVED_VERSION && h->version != SAVED_VERSION_1) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "it has version %u of the format, this hetctl reads up "
                    "to %d", h->version, SAVED_VERSION);
        return FALSE;
    }
    if (crc != GUINT32_FROM_LE(h->crc) ||
        h->directory_length > SAVED_DIRECTORY_MAX) {
        return fail(error, "its header is damaged");
    }
    if (!is_within(saved, h->directory_at, h->directory_length)) {
        return fail(error, "it is cut short");
    }
    if (h->compression > HET_SAVED_ZSTD) {
        return fail(error, "its compression is not known to this hetctl");
    }
    return TRUE;
}

static gboolean add_processor(HetSaved *saved, GVariant *variant,
                              GError **error)
{
    const char *name;
    HetSavedProcessor *p, got = { 0 };

    if (saved->header.version == SAVED_VERSION_1) {
        g_variant_get(variant, "(&sbbxxttu)", &name, &got.ran, &got.attached,
                      &got.host_ns, &got.guest_ns, &got.at, &got.length,
                      &got.crc);
    } else {
        g_variant_get(variant, "(&sbbxxttutttu)", &name, &got.ran,
                      &got.attached, &got.host_ns, &got.guest_ns, &got.at,
                      &got.length, &got.crc, &got.code.at, &got.code.stored,
                      &got.code.size, &got.code.crc);
    }
    if (het_saved_info_find(saved->info, name)) {
        return fail(error, "a processor is in it twice");
    }
    if (!is_within(saved, got.at, got.length) ||
        got.length > SAVED_DIRECTORY_MAX) {
        return fail(error, "the state of a processor is not in it");
    }
    if (got.code.stored &&
        (!is_within(saved, got.code.at, got.code.stored) ||
         got.code.stored > SAVED_DIRECTORY_MAX ||
         got.code.size > SAVED_DIRECTORY_MAX)) {
        return fail(error, "the code of a processor is not in it");
    }
    p = het_saved_info_add(saved->info, name);
    got.name = p->name;
    *p = got;
    return TRUE;
}

/* They lie one after the other, and in the memory. */
static gboolean add_piece(HetSaved *saved, GVariant *variant, guint64 *end,
                          GError **error)
{
    guint64 size = saved->info->memory_size;
    SavedPiece p;

    g_variant_get(variant, SAVED_PIECE, &p.offset, &p.length, &p.at,
                  &p.stored, &p.crc);
    if (p.offset < *end || p.offset > size || p.length > size - p.offset ||
        p.length == 0 || p.length > SAVED_PIECE_MAX ||
        p.offset % SAVED_PAGE) {
        return fail(error, "a piece of memory lies outside");
    }
    if (!is_within(saved, p.at, p.stored) ||
        (saved->header.compression == HET_SAVED_PLAIN
         ? p.stored != p.length
         : p.stored > ZSTD_compressBound(SAVED_PIECE_MAX))) {
        return fail(error, "a piece of memory is not in it");
    }
    *end = p.offset + p.length;
    g_array_append_val(saved->pieces, p);
    return TRUE;
}

static gboolean parse_directory(HetSaved *saved, GVariant *directory,
                                GError **error)
{
    HetSavedInfo *info = saved->info = het_saved_info_new();
    g_autoptr(GVariant) processors = g_variant_get_child_value(directory, 5);
    g_autoptr(GVariant) pieces = g_variant_get_child_value(directory, 6);
    guint64 end = 0;

    g_variant_get_child(directory, 0, "s", &info->soc);
    g_variant_get_child(directory, 1, "s", &info->xml);
    g_variant_get_child(directory, 2, "s", &info->emulator);
    g_variant_get_child(directory, 3, "s", &info->when);
    g_variant_get_child(directory, 4, "t", &info->memory_size);
    for (gsize i = 0; i < g_variant_n_children(processors); i++) {
        g_autoptr(GVariant) v = g_variant_get_child_value(processors, i);

        if (!add_processor(saved, v, error)) {
            return FALSE;
        }
    }
    saved->pieces = g_array_new(FALSE, FALSE, sizeof(SavedPiece));
    for (gsize i = 0; i < g_variant_n_children(pieces); i++) {
        g_autoptr(GVariant) v = g_variant_get_child_value(pieces, i);

        if (!add_piece(saved, v, &end, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean read_directory(HetSaved *saved, GError **error)
{
    gsize length = saved->header.directory_length;
    g_autofree guint8 *data = g_try_malloc(MAX(length, 1));
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GVariant) stored = NULL;
    g_autoptr(GVariant) directory = NULL;

    if (!data) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE, "no memory");
        return FALSE;
    }
    if (!read_at(saved, data, length, saved->header.directory_at, error)) {
        return FALSE;
    }
    if (het_saved_crc(data, length) != saved->header.directory_crc) {
        return fail(error, "its directory is damaged");
    }
    bytes = g_bytes_new_take(g_steal_pointer(&data), length);
    stored = g_variant_ref_sink(
        g_variant_new_from_bytes(saved->header.version == SAVED_VERSION_1
                                 ? G_VARIANT_TYPE(SAVED_DIRECTORY_1)
                                 : G_VARIANT_TYPE(SAVED_DIRECTORY), bytes,
                                 FALSE));
    if (!g_variant_is_normal_form(stored)) {
        return fail(error, "its directory is not valid");
    }
    directory = G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_variant_ref(stored)
                                                : g_variant_byteswap(stored);
    return parse_directory(saved, directory, error);
}

static gboolean open_file(HetSaved *saved, const char *path, GError **error)
{
    struct stat st;

    saved->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (saved->fd < 0) {
        int saved_errno = errno;

        g_set_error(error, HET_ERROR, saved_errno == ENOENT
                    ? HET_ERROR_NOT_FOUND : HET_ERROR_FAILED, "%s",
                    g_strerror(saved_errno));
        return FALSE;
    }
    if (fstat(saved->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        return fail(error, "it is no regular file");
    }
    saved->size = st.st_size;
    return TRUE;
}

HetSaved *het_saved_open(const char *path, GError **error)
{
    g_autoptr(HetSaved) saved = g_new0(HetSaved, 1);

    saved->fd = -1;
    saved->codes = g_new0(Codes, 1);
    g_mutex_init(&saved->codes->lock);
    if (open_file(saved, path, error) && read_header(saved, error) &&
        read_directory(saved, error)) {
        return g_steal_pointer(&saved);
    }
    g_prefix_error(error, "'%s': ", path);
    return NULL;
}

/* Memory */

typedef struct {
    const HetSaved *saved;
    int memory;
    gboolean reserve;
    guint64 next_data;          /* that is there from where clear() was on */
    guint8 *stored;
    guint8 *data;
    ZSTD_DCtx *zstd;
} Load;

static gboolean unpack(Load *l, const SavedPiece *p, const guint8 **data,
                       GError **error)
{
    gsize length;

    *data = l->stored;
    if (l->saved->header.compression == HET_SAVED_PLAIN) {
        return TRUE;
    }
    length = ZSTD_decompressDCtx(l->zstd, l->data, SAVED_PIECE_MAX, l->stored,
                                 p->stored);
    *data = l->data;
    return (!ZSTD_isError(length) && length == p->length) ||
           fail(error, "a piece of memory cannot be decompressed");
}

static gboolean write_at(int fd, const guint8 *data, gsize size, guint64 at,
                         GError **error)
{
    int code = het_write_at(fd, data, size, at);

    if (code) {
        g_set_error(error, HET_ERROR, code == ENOSPC
                    ? HET_ERROR_RESOURCE : HET_ERROR_FAILED,
                    "cannot write the platform memory: %s",
                    g_strerror(code));
    }
    return !code;
}

static gboolean read_piece(const HetSaved *saved, const SavedPiece *p,
                           guint8 *stored, GError **error)
{
    if (!read_at(saved, stored, p->stored, p->at, error)) {
        return FALSE;
    }
    if (het_saved_crc(stored, p->stored) != p->crc) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "the memory at 0x%" G_GINT64_MODIFIER "x is damaged",
                    p->offset);
        return FALSE;
    }
    return TRUE;
}

static gboolean load_piece(Load *l, const SavedPiece *p, GError **error)
{
    const guint8 *data;

    return read_piece(l->saved, p, l->stored, error) &&
           unpack(l, p, &data, error) &&
           write_at(l->memory, data, p->length, p->offset, error);
}

static int punch(int fd, guint64 from, guint64 to)
{
    return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from,
                     to - from);
}

static guint64 find_data(const Load *l, guint64 from)
{
    off_t data = lseek(l->memory, from, SEEK_DATA);

    return data < 0 ? G_MAXUINT64 : (guint64)data;
}

/*
 * What an emulator has written there when it started; it is rare, and looked
 * for once: the kernel goes through all pages that are reserved.
 */
static gboolean clear(Load *l, guint64 from, guint64 to, GError **error)
{
    while (from < to) {
        off_t hole;
        guint64 end;

        if (l->next_data < from) {
            l->next_data = find_data(l, from);
        }
        if (l->next_data >= to) {
            return TRUE;
        }
        from = l->next_data;
        hole = lseek(l->memory, from, SEEK_HOLE);
        end = hole < 0 ? to : MIN((guint64)hole, to);
        if (punch(l->memory, from, end) < 0 ||
            (l->reserve && fallocate(l->memory, 0, from, end - from) < 0)) {
            g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                        "cannot clear the platform memory: %s",
                        g_strerror(errno));
            return FALSE;
        }
        from = end;
    }
    return TRUE;
}

static gboolean load_all(Load *l, GError **error)
{
    const GArray *pieces = l->saved->pieces;
    guint64 end = 0;

    l->next_data = find_data(l, 0);
    for (guint i = 0; i < pieces->len; i++) {
        const SavedPiece *p = &g_array_index(pieces, SavedPiece, i);

        if (het_interrupted(error) || !clear(l, end, p->offset, error) ||
            !load_piece(l, p, error)) {
            return FALSE;
        }
        end = p->offset + p->length;
    }
    return clear(l, end, l->saved->info->memory_size, error);
}

gboolean het_saved_load_memory(const HetSaved *saved, int memory,
                               gboolean reserve, GError **error)
{
    g_autofree guint8 *stored =
        g_malloc(ZSTD_compressBound(SAVED_PIECE_MAX));
    g_autofree guint8 *data = g_malloc(SAVED_PIECE_MAX);
    Load l = {
        .saved = saved, .memory = memory, .reserve = reserve,
        .stored = stored, .data = data, .zstd = ZSTD_createDCtx(),
    };
    gboolean ok = l.zstd ? load_all(&l, error) : fail(error, "no memory");

    ZSTD_freeDCtx(l.zstd);
    return ok;
}

/* States and code */

static guint8 *read_part(const HetSaved *saved, guint64 at, guint64 length,
                         guint32 crc, const char *what, const char *name,
                         GError **error)
{
    g_autofree guint8 *data = g_try_malloc(MAX(length, 1));

    if (!data) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE, "no memory");
        return NULL;
    }
    if (!read_at(saved, data, length, at, error)) {
        return NULL;
    }
    if (het_saved_crc(data, length) != crc) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "the %s of processor '%s' is damaged", what, name);
        return NULL;
    }
    return g_steal_pointer(&data);
}

static guint8 *read_state(const HetSaved *saved, const HetSavedProcessor *p,
                          GError **error)
{
    return read_part(saved, p->at, p->length, p->crc, "state", p->name,
                     error);
}

static guint8 *read_code(const HetSaved *saved, const HetSavedProcessor *p,
                         GError **error)
{
    return read_part(saved, p->code.at, p->code.stored, p->code.crc, "code",
                     p->name, error);
}

static int new_file(const char *name, const guint8 *data, gsize length,
                    GError **error)
{
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot make a file without a name: %s",
                    g_strerror(errno));
        return -1;
    }
    if (!het_write_all(fd, data, length, error) ||
        lseek(fd, 0, SEEK_SET) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int het_saved_open_state(const HetSaved *saved,
                         const HetSavedProcessor *processor, GError **error)
{
    g_autofree guint8 *data = read_state(saved, processor, error);

    return data ? new_file("hetctl-state", data, processor->length, error)
                : -1;
}

static gboolean unpack_code(const HetSavedProcessor *p, const guint8 *packed,
                            int fd, GError **error)
{
    gsize size = p->code.size;
    guint8 *data = ftruncate(fd, size) == 0
                   ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                   : MAP_FAILED;
    gboolean ok;

    if (data == MAP_FAILED) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "no memory for the code of processor '%s': %s", p->name,
                    g_strerror(errno));
        return FALSE;
    }
    ok = ZSTD_decompress(data, size, packed, p->code.stored) == size;
    munmap(data, size);
    if (!ok) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "the code of processor '%s' cannot be decompressed",
                    p->name);
    }
    return ok;
}

/* Emulators map it when it must stay as it is; else they copy it. */
static int open_code(const HetSaved *saved, const HetSavedProcessor *p,
                     GError **error)
{
    g_autofree guint8 *packed = read_code(saved, p, error);
    int fd = packed ? new_file("hetctl-code", NULL, 0, error) : -1;

    if (fd < 0) {
        return -1;
    }
    if (!unpack_code(p, packed, fd, error)) {
        close(fd);
        return -1;
    }
    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW |
          F_SEAL_SEAL);
    return fd;
}

int het_saved_get_code(const HetSaved *saved,
                       const HetSavedProcessor *processor, GError **error)
{
    Codes *codes = saved->codes;
    guint n = saved->info->processors->len;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&codes->lock);
    guint index;

    if (!processor->code.stored ||
        !g_ptr_array_find(saved->info->processors, processor, &index)) {
        return -1;
    }
    if (!codes->fds) {
        codes->fds = g_new(int, n);
        memset(codes->fds, 0xff, n * sizeof(int));
    }
    if (codes->fds[index] < 0) {
        codes->fds[index] = open_code(saved, processor, error);
    }
    return codes->fds[index];
}

gboolean het_saved_check(const HetSaved *saved, GError **error)
{
    g_autofree guint8 *stored =
        g_malloc(ZSTD_compressBound(SAVED_PIECE_MAX));

    for (guint i = 0; i < saved->info->processors->len; i++) {
        const HetSavedProcessor *p =
            g_ptr_array_index(saved->info->processors, i);
        g_autofree guint8 *state = read_state(saved, p, error);
        g_autofree guint8 *code =
            state && p->code.stored ? read_code(saved, p, error) : NULL;

        if (!state || (p->code.stored && !code)) {
            return FALSE;
        }
    }
    for (guint i = 0; i < saved->pieces->len; i++) {
        if (het_interrupted(error) ||
            !read_piece(saved, &g_array_index(saved->pieces, SavedPiece, i),
                        stored, error)) {
            return FALSE;
        }
    }
    return TRUE;
}
