/*
 * The kernel of a master, unpacked where it would unpack itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <lzma.h>
#include <string.h>
#include <sys/stat.h>

#include "soc/soc-machine.h"
#include "util/error.h"
#include "util/read-file.h"
#include "util/write-all.h"

#define MAX_KERNEL (256 << 20)
/* More places that look like a beginning than one finds by chance */
#define MAX_TRIES 32
/* xz_wrap.sh of Linux takes a dictionary of 32 MiB */
#define LZMA_MEMORY (256 << 20)

/*
 * Linux, arch/arm/boot/compressed/head.S and vmlinux.lds.S: the header of a
 * zImage, and the table that kexec reads: word 0 the number of words that
 * follow, 1 their magic, 2 where the size of what is packed is, 3 how much is
 * used behind it, 4 where it goes, from the beginning of the RAM.
 */
#define ZIMAGE_HEADER 0x3c
#define ZIMAGE_MAGIC_AT 0x24
#define ZIMAGE_MAGIC 0x016f2818
#define ZIMAGE_TABLE_MAGIC_AT 0x34
#define ZIMAGE_TABLE_MAGIC 0x45454545
#define ZIMAGE_TABLE_AT 0x38
#define TABLE_WORDS 5
#define TABLE_MAGIC 0x5a534c4b

/* U-Boot, include/image.h: all words are big-endian. */
#define UIMAGE_HEADER 64
#define UIMAGE_MAGIC 0x27051956
enum { UIMAGE_LINUX = 5, UIMAGE_ARM = 2, UIMAGE_KERNEL = 2, UIMAGE_NONE = 0 };

typedef struct {
    const guint8 *data;
    gsize packed_end;           /* where the word with the size is */
    guint64 behind;             /* bytes used behind the kernel */
    guint64 offset;             /* from the beginning of the RAM */
} Zimage;

static guint32 word_at(const guint8 *data, gsize at)
{
    guint32 word;

    memcpy(&word, data + at, sizeof(word));
    return GUINT32_FROM_LE(word);
}

static gboolean zimage_read(Zimage *z, const guint8 *data, gsize size)
{
    gsize table;

    if (size < ZIMAGE_HEADER ||
        word_at(data, ZIMAGE_MAGIC_AT) != ZIMAGE_MAGIC ||
        word_at(data, ZIMAGE_TABLE_MAGIC_AT) != ZIMAGE_TABLE_MAGIC) {
        return FALSE;
    }
    table = word_at(data, ZIMAGE_TABLE_AT);
    if (table > size || size - table < 4 * TABLE_WORDS ||
        word_at(data, table) < TABLE_WORDS - 1 ||
        word_at(data, table + 4) != TABLE_MAGIC) {
        return FALSE;
    }
    *z = (Zimage) {
        .data = data,
        .packed_end = word_at(data, table + 8),
        .behind = word_at(data, table + 12),
        .offset = word_at(data, table + 16),
    };
    return z->packed_end <= size && size - z->packed_end >= 4;
}

/* All of @out, with what is packed at @from up to the word with the size */
static gboolean unpack_xz(const Zimage *z, gsize from, guint8 *out, gsize len)
{
    uint64_t memory = LZMA_MEMORY;
    size_t in_at = from, out_at = 0;

    return lzma_stream_buffer_decode(&memory, 0, NULL, z->data, &in_at,
                                     z->packed_end, out, &out_at,
                                     len) == LZMA_OK &&
           in_at == z->packed_end && out_at == len;
}

/* The word with the size is the last one of gzip's own. */
static gboolean unpack_gzip(const Zimage *z, gsize from, guint8 *out,
                            gsize len)
{
    g_autoptr(GZlibDecompressor) unpacker =
        g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    gsize end = z->packed_end + 4;
    gsize in_at = from, out_at = 0;
    GConverterResult result = G_CONVERTER_CONVERTED;

    while (result == G_CONVERTER_CONVERTED) {
        gsize read, written;

        result = g_converter_convert(G_CONVERTER(unpacker), z->data + in_at,
                                     end - in_at, out + out_at, len - out_at,
                                     G_CONVERTER_INPUT_AT_END, &read, &written,
                                     NULL);
        if (result != G_CONVERTER_ERROR) {
            in_at += read;
            out_at += written;
        }
    }
    return result == G_CONVERTER_FINISHED && in_at == end && out_at == len;
}

static const struct {
    const char *magic;
    gsize len;
    gboolean (*unpack)(const Zimage *z, gsize from, guint8 *out, gsize len);
} packers[] = {
    { "\xfd" "7zXZ", 6, unpack_xz },
    { "\x1f\x8b\x08", 3, unpack_gzip },
};

/*
 * Where the code ends and what is packed begins is said nowhere. NULL: it is
 * packed in another way, or damaged, which its own code says then.
 */
static guint8 *zimage_unpack(const Zimage *z, gsize len)
{
    g_autofree guint8 *out = g_try_malloc(len);

    for (gsize i = 0; out && i < G_N_ELEMENTS(packers); i++) {
        const guint8 *at = z->data;
        const guint8 *end = z->data + z->packed_end;
        int tries = 0;

        while (tries++ < MAX_TRIES &&
               (at = memmem(at, end - at, packers[i].magic,
                            packers[i].len))) {
            if (packers[i].unpack(z, at - z->data, out, len)) {
                return g_steal_pointer(&out);
            }
            at++;
        }
    }
    return NULL;
}

static gboolean read_kernel(const HetProcessor *master, char **file,
                            gsize *size, GError **error)
{
    if (het_read_file(master->kernel, MAX_KERNEL, file, size, error)) {
        return TRUE;
    }
    g_prefix_error(error, "kernel: ");
    return FALSE;
}

static gboolean write_uimage(int fd, const guint8 *kernel, guint32 len,
                             guint32 address, GError **error)
{
    const guint8 kind[] = { UIMAGE_LINUX, UIMAGE_ARM, UIMAGE_KERNEL,
                            UIMAGE_NONE };
    guint8 header[UIMAGE_HEADER] = { 0 };
    guint32 words[] = {
        GUINT32_TO_BE(UIMAGE_MAGIC), 0, 0, GUINT32_TO_BE(len),
        GUINT32_TO_BE(address), GUINT32_TO_BE(address),
        GUINT32_TO_BE(lzma_crc32(kernel, len, 0)),
    };

    memcpy(header, words, sizeof(words));
    memcpy(header + sizeof(words), kind, sizeof(kind));
    words[1] = GUINT32_TO_BE(lzma_crc32(header, sizeof(header), 0));
    memcpy(header, words, sizeof(words));
    return het_write_all(fd, header, sizeof(header), error) &&
           het_write_all(fd, kernel, len, error);
}

gboolean het_kernel_write(int fd, const HetSoc *soc,
                          const HetProcessor *master, gboolean *unpacked,
                          GError **error)
{
    g_autofree char *file = NULL;
    g_autofree guint8 *kernel = NULL;
    guint64 ram = het_processor_ram_base(master);
    gsize size;
    guint32 len;
    Zimage z;

    *unpacked = FALSE;
    if (!read_kernel(master, &file, &size, error)) {
        return FALSE;
    }
    if (!zimage_read(&z, (guint8 *)file, size)) {
        return het_write_all(fd, file, size, error);
    }
    len = word_at(z.data, z.packed_end);
    if (len > MAX_KERNEL ||
        z.offset + len + z.behind > het_processor_ram_size(soc, master) ||
        ram + z.offset > G_MAXUINT32 || !(kernel = zimage_unpack(&z, len))) {
        return het_write_all(fd, file, size, error);
    }
    *unpacked = TRUE;
    return write_uimage(fd, kernel, len, ram + z.offset, error);
}

static gboolean fail(int code, GError **error)
{
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "kernel: cannot keep it for a reset: %s", g_strerror(code));
    return FALSE;
}

gboolean het_kernel_pack(int fd, const HetProcessor *master, GError **error)
{
    g_autofree char *file = NULL;
    struct stat st;
    gsize size;
    off_t end;
    int code;

    if (!read_kernel(master, &file, &size, error)) {
        return FALSE;
    }
    if (fstat(fd, &st) < 0) {
        return fail(errno, error);
    }
    end = UIMAGE_HEADER + size;
    if (end >= st.st_size) {
        return TRUE;
    }
    code = het_write_at(fd, file, size, UIMAGE_HEADER);
    if (code) {
        return fail(code, error);
    }
    /* What is not there is zeros. */
    return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, end,
                     st.st_size - end) == 0 || fail(errno, error);
}
