/*
 * Writing an ELF file for the master's remoteproc, by libelf
 *
 * The headers come first, then the one section that loaders look for by its
 * name: Linux, drivers/remoteproc/remoteproc_elf_loader.c, takes the resource
 * table out of it and puts that to its address once it is filled in. The
 * loadable parts follow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/elf-write.h"

#include <gelf.h>

#include "image/elf-target.h"

#define RESOURCE_TABLE ".resource_table"
#define ALIGN 8

/* What section headers name, and where */
static const char names[] = "\0" RESOURCE_TABLE "\0.shstrtab";
enum {
    TABLE_NAME = 1,
    STRINGS_NAME = TABLE_NAME + sizeof(RESOURCE_TABLE),
};
/* After the section that is none */
enum { TABLE = 1, STRINGS, SECTIONS };

typedef struct {
    const HetLoadPlan *pieces;
    const HetElfTarget *target;
    Elf *elf;
    HetElfSection table;
    /* Offsets in the file */
    guint64 table_at;
    guint64 names_at;
    guint64 sections_at;
    guint64 data_at;
} HetElfWriter;

static void writer_clear(HetElfWriter *w)
{
    g_clear_pointer(&w->elf, elf_end);
    het_elf_section_clear(&w->table);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetElfWriter, writer_clear)

static gboolean fail(GError **error, const char *text)
{
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "%s", text);
    return FALSE;
}

static gboolean fail_elf(GError **error)
{
    return fail(error, elf_errmsg(-1));
}

/* ---- where it all goes ---- */

static guint64 align(guint64 offset)
{
    return (offset + ALIGN - 1) & ~(guint64)(ALIGN - 1);
}

static void lay_out(HetElfWriter *w)
{
    guint n = het_load_plan_count(w->pieces);
    guint64 end = gelf_fsize(w->elf, ELF_T_EHDR, 1, EV_CURRENT) +
                  gelf_fsize(w->elf, ELF_T_PHDR, n, EV_CURRENT);

    if (w->table.bytes) {
        w->table_at = align(end);
        w->names_at = w->table_at + g_bytes_get_size(w->table.bytes);
        w->sections_at = align(w->names_at + sizeof(names));
        end = w->sections_at +
              gelf_fsize(w->elf, ELF_T_SHDR, SECTIONS, EV_CURRENT);
    }
    w->data_at = align(end);
}

static gboolean check_size(const HetElfWriter *w, GError **error)
{
    guint64 end = w->data_at;

    for (guint i = 0; i < het_load_plan_count(w->pieces); i++) {
        end += het_load_piece_data_size(het_load_plan_get(w->pieces, i));
    }
    return w->target->class == ELFCLASS64 || end <= G_MAXUINT32 ||
           fail(error, "more than 4 GiB, too much for a 32-bit ELF file");
}

/* ---- headers ---- */

static gboolean write_header(HetElfWriter *w, guint64 entry, guint32 flags,
                             GError **error)
{
    GElf_Ehdr header;

    if (!gelf_getehdr(w->elf, &header)) {
        return fail_elf(error);
    }
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_type = ET_EXEC;
    header.e_machine = w->target->machine;
    header.e_version = EV_CURRENT;
    header.e_entry = entry;
    header.e_flags = flags;
    header.e_phoff = gelf_fsize(w->elf, ELF_T_EHDR, 1, EV_CURRENT);
    header.e_shoff = w->sections_at;
    header.e_shstrndx = w->table.bytes ? STRINGS : SHN_UNDEF;
    return gelf_update_ehdr(w->elf, &header) || fail_elf(error);
}

static gboolean write_parts(HetElfWriter *w, GError **error)
{
    guint64 offset = w->data_at;

    for (guint i = 0; i < het_load_plan_count(w->pieces); i++) {
        const HetLoadPiece *piece = het_load_plan_get(w->pieces, i);
        GElf_Phdr ph = {
            .p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X,
            .p_offset = offset, .p_vaddr = piece->address,
            .p_paddr = piece->address,
            .p_filesz = het_load_piece_data_size(piece), .p_memsz = piece->size,
            .p_align = 1,
        };

        if (!gelf_update_phdr(w->elf, i, &ph)) {
            return fail_elf(error);
        }
        offset += ph.p_filesz;
    }
    return TRUE;
}

static gboolean add_section(HetElfWriter *w, const GElf_Shdr *header,
                            const void *bytes, GError **error)
{
    Elf_Scn *scn = elf_newscn(w->elf);
    Elf_Data *data = scn ? elf_newdata(scn) : NULL;

    if (!data) {
        return fail_elf(error);
    }
    data->d_buf = (void *)bytes;
    data->d_size = header->sh_size;
    data->d_align = header->sh_addralign;
    data->d_version = EV_CURRENT;
    return gelf_update_shdr(scn, (GElf_Shdr *)header) || fail_elf(error);
}

static gboolean add_sections(HetElfWriter *w, GError **error)
{
    GElf_Shdr table = {
        .sh_name = TABLE_NAME, .sh_type = SHT_PROGBITS,
        .sh_flags = SHF_ALLOC, .sh_addr = w->table.address,
        .sh_offset = w->table_at, .sh_addralign = 1,
    };
    const GElf_Shdr strings = {
        .sh_name = STRINGS_NAME, .sh_type = SHT_STRTAB,
        .sh_offset = w->names_at, .sh_size = sizeof(names), .sh_addralign = 1,
    };
    const void *bytes;
    gsize size;

    if (!w->table.bytes) {
        return TRUE;
    }
    bytes = g_bytes_get_data(w->table.bytes, &size);
    table.sh_size = size;
    return add_section(w, &table, bytes, error) &&
           add_section(w, &strings, names, error);
}

static gboolean write_headers(HetElfWriter *w, guint64 entry, guint32 flags,
                              GError **error)
{
    guint n = het_load_plan_count(w->pieces);

    if (n > HET_ELF_PARTS_MAX) {
        return fail(error, "more than the 1024 parts that an ELF file may "
                    "have");
    }
    if (!gelf_newehdr(w->elf, w->target->class) || !gelf_newphdr(w->elf, n)) {
        return fail_elf(error);
    }
    elf_flagelf(w->elf, ELF_C_SET, ELF_F_LAYOUT);
    lay_out(w);
    return check_size(w, error) && add_sections(w, error) &&
           write_header(w, entry, flags, error) && write_parts(w, error) &&
           (elf_update(w->elf, ELF_C_WRITE) >= 0 || fail_elf(error));
}

/* ---- the parts ---- */

static gboolean copy_parts(const HetElfWriter *w, int fd, GError **error)
{
    guint64 offset = w->data_at;

    for (guint i = 0; i < het_load_plan_count(w->pieces); i++) {
        const HetLoadPiece *piece = het_load_plan_get(w->pieces, i);

        if (!het_load_piece_copy(piece, fd, offset, error)) {
            return FALSE;
        }
        offset += het_load_piece_data_size(piece);
    }
    return TRUE;
}

gboolean het_elf_write(const HetLoadPlan *pieces, const HetProcessor *slave,
                       guint64 entry, const HetElfFile *source, int fd,
                       GError **error)
{
    g_auto(HetElfWriter) w = {
        .pieces = pieces, .target = het_elf_target_of(slave),
    };

    if (source && !het_elf_file_read_section(source, RESOURCE_TABLE, &w.table,
                                             error)) {
        return FALSE;
    }
    elf_version(EV_CURRENT);
    w.elf = elf_begin(fd, ELF_C_WRITE, NULL);
    if (!w.elf) {
        return fail_elf(error);
    }
    return write_headers(&w, entry,
                         source ? het_elf_file_get_flags(source) : 0,
                         error) &&
           copy_parts(&w, fd, error);
}
