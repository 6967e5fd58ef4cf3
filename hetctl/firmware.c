/*
 * Loading an ELF file into a slave's memory, without the slave's help
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "firmware.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "segment.h"

/* A loadable part, and where it goes */
typedef struct {
    guint64 file_offset;
    guint64 address;
    guint64 file_size;
    guint64 size;               /* the rest is filled with 0 */
    guint64 segment_offset;
} HetPiece;

struct HetFirmware {
    char *path;
    int fd;
    Elf *elf;
    GElf_Ehdr header;
    guint64 file_size;
    GArray *pieces;             /* HetPiece */
};

void het_firmware_free(HetFirmware *image)
{
    if (!image) {
        return;
    }
    g_clear_pointer(&image->elf, elf_end);
    g_clear_pointer(&image->pieces, g_array_unref);
    if (image->fd >= 0) {
        close(image->fd);
    }
    g_free(image->path);
    g_free(image);
}

static gboolean fail(GError **error, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

static gboolean fail(GError **error, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, format);
    text = g_strdup_vprintf(format, ap);
    va_end(ap);
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "%s", text);
    return FALSE;
}

static gboolean is_for(const HetProcessor *slave, const GElf_Ehdr *header)
{
    static const struct {
        const char *arch;
        int machine;
        int class;
    } archs[] = {
        { "armv7l", EM_ARM, ELFCLASS32 },
        { "aarch64", EM_AARCH64, ELFCLASS64 },
        { "riscv32", EM_RISCV, ELFCLASS32 },
        { "riscv64", EM_RISCV, ELFCLASS64 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(archs); i++) {
        if (!strcmp(archs[i].arch, slave->arch)) {
            return archs[i].machine == header->e_machine &&
                   archs[i].class == header->e_ident[EI_CLASS];
        }
    }
    return TRUE;
}

static gboolean image_open(HetFirmware *image, const HetProcessor *slave,
                           const char *path, GError **error)
{
    off_t end;

    elf_version(EV_CURRENT);
    image->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (image->fd < 0) {
        int saved = errno;

        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND, "%s",
                    g_strerror(saved));
        return FALSE;
    }
    end = lseek(image->fd, 0, SEEK_END);
    image->file_size = end < 0 ? 0 : end;
    image->elf = elf_begin(image->fd, ELF_C_READ, NULL);
    if (!image->elf || elf_kind(image->elf) != ELF_K_ELF ||
        !gelf_getehdr(image->elf, &image->header)) {
        return fail(error, "not an ELF file");
    }
    if (!is_for(slave, &image->header)) {
        return fail(error, "not for a processor of architecture '%s'",
                    slave->arch);
    }
    return TRUE;
}

/* Is [address, address + size) in one of the places of @window? */
static gboolean window_has(const HetWindow *window, HetPiece *piece)
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

static gboolean place(HetPiece *piece, GPtrArray *windows, GError **error)
{
    for (guint i = 0; i < windows->len; i++) {
        if (window_has(g_ptr_array_index(windows, i), piece)) {
            return TRUE;
        }
    }
    return fail(error, "its part at 0x%" G_GINT64_MODIFIER "x, 0x%"
                G_GINT64_MODIFIER "x bytes, lies in none of the slave's "
                "windows", piece->address, piece->size);
}

static gboolean image_plan(HetFirmware *image, GPtrArray *windows,
                           GError **error)
{
    size_t n = 0;

    elf_getphdrnum(image->elf, &n);
    image->pieces = g_array_new(FALSE, TRUE, sizeof(HetPiece));
    for (size_t i = 0; i < n; i++) {
        GElf_Phdr ph;
        HetPiece piece = { 0 };

        if (!gelf_getphdr(image->elf, i, &ph)) {
            return fail(error, "its program headers are damaged");
        }
        if (ph.p_type != PT_LOAD || !ph.p_memsz) {
            continue;
        }
        if (ph.p_filesz > ph.p_memsz || ph.p_offset > image->file_size ||
            ph.p_filesz > image->file_size - ph.p_offset) {
            return fail(error, "its program headers are damaged");
        }
        piece.file_offset = ph.p_offset;
        piece.address = ph.p_paddr;
        piece.file_size = ph.p_filesz;
        piece.size = ph.p_memsz;
        if (!place(&piece, windows, error)) {
            return FALSE;
        }
        g_array_append_val(image->pieces, piece);
    }
    return image->pieces->len ||
           fail(error, "there is nothing to load in it");
}

static gboolean write_all(int fd, const char *data, gsize size,
                          guint64 offset)
{
    while (size) {
        ssize_t n = pwrite(fd, data, size, offset);

        if (n < 0 && errno != EINTR) {
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

static gboolean copy_piece(const HetFirmware *image, const HetPiece *piece,
                           int fd)
{
    static const char zeroes[4096];
    g_autofree char *data = g_malloc(piece->file_size);
    guint64 done = piece->file_size;

    if (pread(image->fd, data, piece->file_size, piece->file_offset) !=
        (ssize_t)piece->file_size ||
        !write_all(fd, data, piece->file_size, piece->segment_offset)) {
        return FALSE;
    }
    while (done < piece->size) {
        gsize n = MIN(piece->size - done, sizeof(zeroes));

        if (!write_all(fd, zeroes, n, piece->segment_offset + done)) {
            return FALSE;
        }
        done += n;
    }
    return TRUE;
}

static gboolean image_write(const HetFirmware *image,
                            const HetSegment *segment, GError **error)
{
    for (guint i = 0; i < image->pieces->len; i++) {
        if (!copy_piece(image, &g_array_index(image->pieces, HetPiece, i),
                        het_segment_get_fd(segment))) {
            return fail(error, "cannot copy it into the platform memory: %s",
                        g_strerror(errno));
        }
    }
    return TRUE;
}

HetFirmware *het_firmware_open(const HetSoc *soc, const HetProcessor *slave,
                               const char *path, GError **error)
{
    g_autoptr(HetFirmware) image = g_new0(HetFirmware, 1);
    g_autoptr(GPtrArray) windows = het_soc_get_windows(soc, slave);

    image->fd = -1;
    image->path = g_strdup(path);
    if (image_open(image, slave, path, error) &&
        image_plan(image, windows, error)) {
        return g_steal_pointer(&image);
    }
    g_prefix_error(error, "firmware '%s': ", path);
    return NULL;
}

gboolean het_firmware_write(const HetFirmware *image,
                            const HetSegment *segment, GError **error)
{
    if (image_write(image, segment, error)) {
        return TRUE;
    }
    g_prefix_error(error, "firmware '%s': ", image->path);
    return FALSE;
}

const char *het_firmware_path(const HetFirmware *image)
{
    return image->path;
}

guint64 het_firmware_entry(const HetFirmware *image)
{
    return image->header.e_entry;
}

gboolean het_firmware_load(const HetSoc *soc, const HetProcessor *slave,
                           const char *path, guint64 *entry, GError **error)
{
    g_autoptr(HetSegment) segment = het_segment_open(soc->name, error);
    g_autoptr(HetFirmware) image =
        segment ? het_firmware_open(soc, slave, path, error) : NULL;

    if (!image || !het_firmware_write(image, segment, error)) {
        return FALSE;
    }
    *entry = het_firmware_entry(image);
    return TRUE;
}

gboolean het_firmware_needs_entry(const HetProcessor *slave)
{
    return !slave->has_entry && strcmp(slave->machine, "het-m");
}
