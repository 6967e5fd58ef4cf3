/*
 * An ELF file for a slave, by libelf
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/elf-file.h"

#include <gelf.h>
#include <string.h>
#include <unistd.h>

typedef Elf HetElf;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetElf, elf_end)

typedef struct {
    const char *arch;
    int machine;
    int class;
} Target;

static const Target targets[] = {
    { "armv7l", EM_ARM, ELFCLASS32 },
    { "aarch64", EM_AARCH64, ELFCLASS64 },
    { "riscv32", EM_RISCV, ELFCLASS32 },
    { "riscv64", EM_RISCV, ELFCLASS64 },
};

static const Target *target_of(const HetProcessor *slave)
{
    for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
        if (!strcmp(targets[i].arch, slave->arch)) {
            return &targets[i];
        }
    }
    g_assert_not_reached();
}

static gboolean fail(GError **error, const char *text)
{
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "%s", text);
    return FALSE;
}

gboolean het_elf_is_elf(int fd)
{
    char magic[SELFMAG];

    return pread(fd, magic, SELFMAG, 0) == SELFMAG &&
           !memcmp(magic, ELFMAG, SELFMAG);
}

static gboolean check_target(const GElf_Ehdr *header,
                             const HetProcessor *slave, GError **error)
{
    const Target *target = target_of(slave);

    if (target->machine == header->e_machine &&
        target->class == header->e_ident[EI_CLASS]) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "not for a processor of architecture '%s'", slave->arch);
    return FALSE;
}

static gboolean add_parts(HetLoadPlan *pieces, Elf *elf, int fd,
                          guint64 file_size, GError **error)
{
    guint before = het_load_plan_count(pieces);
    size_t n = 0;

    elf_getphdrnum(elf, &n);
    for (size_t i = 0; i < n; i++) {
        HetLoadPiece piece = { .kind = HET_LOAD_PIECE_KERNEL, .fd = fd };
        GElf_Phdr ph;

        if (!gelf_getphdr(elf, i, &ph)) {
            return fail(error, "its program headers are damaged");
        }
        if (ph.p_type != PT_LOAD || !ph.p_memsz) {
            continue;
        }
        if (ph.p_filesz > ph.p_memsz || ph.p_offset > file_size ||
            ph.p_filesz > file_size - ph.p_offset) {
            return fail(error, "its program headers are damaged");
        }
        piece.address = ph.p_paddr;
        piece.size = ph.p_memsz;
        piece.file_offset = ph.p_offset;
        piece.file_size = ph.p_filesz;
        if (!het_load_plan_add(pieces, &piece, error)) {
            return FALSE;
        }
    }
    return het_load_plan_count(pieces) > before ||
           fail(error, "there is nothing to load in it");
}

gboolean het_elf_add(HetLoadPlan *pieces, const HetProcessor *slave, int fd,
                     guint64 *entry, GError **error)
{
    off_t end = lseek(fd, 0, SEEK_END);
    g_autoptr(HetElf) elf = NULL;
    GElf_Ehdr header;

    elf_version(EV_CURRENT);
    elf = elf_begin(fd, ELF_C_READ, NULL);
    if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header)) {
        return fail(error, "not an ELF file");
    }
    *entry = header.e_entry;
    return check_target(&header, slave, error) &&
           add_parts(pieces, elf, fd, end < 0 ? 0 : end, error);
}

/* ---- writing ---- */

static gboolean fail_elf(GError **error)
{
    return fail(error, elf_errmsg(-1));
}

/* Without sections libelf writes the headers, the data is for us. */
static gboolean write_headers(Elf *elf, const HetLoadPlan *pieces,
                              const Target *target, guint64 entry,
                              guint64 *data_offset, GError **error)
{
    guint n = het_load_plan_count(pieces);
    GElf_Ehdr header;

    if (!gelf_newehdr(elf, target->class) || !gelf_newphdr(elf, n) ||
        !gelf_getehdr(elf, &header)) {
        return fail_elf(error);
    }
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_type = ET_EXEC;
    header.e_machine = target->machine;
    header.e_version = EV_CURRENT;
    header.e_entry = entry;
    header.e_phoff = gelf_fsize(elf, ELF_T_EHDR, 1, EV_CURRENT);
    *data_offset = header.e_phoff +
                   gelf_fsize(elf, ELF_T_PHDR, n, EV_CURRENT);
    return gelf_update_ehdr(elf, &header) || fail_elf(error);
}

static gboolean write_parts(Elf *elf, const HetLoadPlan *pieces, guint64 offset,
                            GError **error)
{
    for (guint i = 0; i < het_load_plan_count(pieces); i++) {
        const HetLoadPiece *piece = het_load_plan_get(pieces, i);
        GElf_Phdr ph = {
            .p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X,
            .p_offset = offset, .p_vaddr = piece->address,
            .p_paddr = piece->address,
            .p_filesz = het_load_piece_data_size(piece), .p_memsz = piece->size,
            .p_align = 1,
        };

        if (!gelf_update_phdr(elf, i, &ph)) {
            return fail_elf(error);
        }
        offset += ph.p_filesz;
    }
    return elf_update(elf, ELF_C_WRITE) >= 0 || fail_elf(error);
}

static gboolean check_size(const HetLoadPlan *pieces, const Target *target,
                           guint64 offset, GError **error)
{
    if (het_load_plan_count(pieces) >= PN_XNUM) {
        return fail(error, "too many parts for an ELF file");
    }
    for (guint i = 0; i < het_load_plan_count(pieces); i++) {
        offset += het_load_piece_data_size(het_load_plan_get(pieces, i));
    }
    return target->class == ELFCLASS64 || offset <= G_MAXUINT32 ||
           fail(error, "more than 4 GiB, too much for a 32-bit ELF file");
}

gboolean het_elf_write(const HetLoadPlan *pieces, const HetProcessor *slave,
                       guint64 entry, int fd, GError **error)
{
    const Target *target = target_of(slave);
    g_autoptr(HetElf) elf = NULL;
    guint64 offset;

    elf_version(EV_CURRENT);
    elf = elf_begin(fd, ELF_C_WRITE, NULL);
    if (!elf) {
        return fail_elf(error);
    }
    elf_flagelf(elf, ELF_C_SET, ELF_F_LAYOUT);
    if (!write_headers(elf, pieces, target, entry, &offset, error) ||
        !check_size(pieces, target, offset, error) ||
        !write_parts(elf, pieces, offset, error)) {
        return FALSE;
    }
    for (guint i = 0; i < het_load_plan_count(pieces); i++) {
        const HetLoadPiece *piece = het_load_plan_get(pieces, i);

        if (!het_load_piece_copy(piece, fd, offset, error)) {
            return FALSE;
        }
        offset += het_load_piece_data_size(piece);
    }
    return TRUE;
}
