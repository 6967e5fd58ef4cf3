/*
 * An ELF file that a slave can run, by libelf
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/elf-file.h"

#include <errno.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "image/elf-target.h"
#include "util/error.h"

#define X64 "0x%" G_GINT64_MODIFIER "x"
#define SECTION_MAX (1 << 20)

struct HetElfFile {
    int fd;
    guint64 size;
    Elf *elf;
    GElf_Ehdr header;
    GArray *parts;              /* HetElfPart */
};

G_GNUC_PRINTF(2, 3)
static gboolean fail(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_propagate_error(error, g_error_new_valist(HET_ERROR, HET_ERROR_FAILED,
                                                format, args));
    va_end(args);
    return FALSE;
}

void het_elf_file_free(HetElfFile *file)
{
    if (file) {
        g_clear_pointer(&file->elf, elf_end);
        g_array_unref(file->parts);
        g_free(file);
    }
}

gboolean het_elf_is_elf(int fd)
{
    char magic[SELFMAG];

    return pread(fd, magic, SELFMAG, 0) == SELFMAG &&
           !memcmp(magic, ELFMAG, SELFMAG);
}

/* ---- the header ---- */

/* @what of the file lies at @offset: is it all there? */
static gboolean require_bytes(const HetElfFile *file, const char *what,
                              guint64 offset, guint64 size, GError **error)
{
    if (offset <= file->size && size <= file->size - offset) {
        return TRUE;
    }
    return fail(error, "the ELF file is cut short: %s, " X64 " bytes at "
                "offset " X64 ", do not lie in its " X64 " bytes", what, size,
                offset, file->size);
}

/* What must be known before a number can be read out of it */
static gboolean check_ident(const HetElfFile *file, GError **error)
{
    guint8 ident[EI_NIDENT] = { 0 };

    if (!require_bytes(file, "its first header", 0, EI_NIDENT, error)) {
        return FALSE;
    }
    if (pread(file->fd, ident, EI_NIDENT, 0) != EI_NIDENT) {
        return fail(error, "cannot read its header");
    }
    if (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64) {
        return fail(error, "its ELF header is damaged: class %u is neither "
                    "32 nor 64 bits", ident[EI_CLASS]);
    }
    if (ident[EI_DATA] == ELFDATA2MSB) {
        return fail(error, "it is big-endian, but the core is "
                    "little-endian; build it for little-endian");
    }
    if (ident[EI_DATA] != ELFDATA2LSB || ident[EI_VERSION] != EV_CURRENT) {
        return fail(error, "its ELF header is damaged: byte order %u, "
                    "version %u", ident[EI_DATA], ident[EI_VERSION]);
    }
    return require_bytes(file, "its header", 0,
                         ident[EI_CLASS] == ELFCLASS64 ? sizeof(Elf64_Ehdr)
                                                       : sizeof(Elf32_Ehdr),
                         error);
}

static gboolean read_header(HetElfFile *file, GError **error)
{
    elf_version(EV_CURRENT);
    file->elf = elf_begin(file->fd, ELF_C_READ, NULL);
    return (file->elf && elf_kind(file->elf) == ELF_K_ELF &&
            gelf_getehdr(file->elf, &file->header)) ||
           fail(error, "its ELF header is damaged: %s", elf_errmsg(-1));
}

/*
 * U-Boot, OpenSBI and others are position-independent, and relocate
 * themselves: they start at the addresses that they are linked for.
 */
static gboolean check_type(const HetElfFile *file, GError **error)
{
    switch (file->header.e_type) {
    case ET_EXEC:
    case ET_DYN:
        return TRUE;
    case ET_REL:
        return fail(error, "it is a relocatable object file (ET_REL), the "
                    "output of a compiler; link it");
    case ET_CORE:
        return fail(error, "it is a core file (ET_CORE), the memory of a "
                    "program that has ended, not a program");
    default:
        return fail(error, "it is no executable, but an ELF file of type "
                    "%u", file->header.e_type);
    }
}

static gboolean check_target(const HetElfFile *file,
                             const HetProcessor *slave, GError **error)
{
    const HetElfTarget *target = het_elf_target_of(slave);
    const guint class = file->header.e_ident[EI_CLASS];
    g_autofree char *what = NULL;

    if (target->machine == file->header.e_machine &&
        target->class == class) {
        return TRUE;
    }
    what = het_elf_target_describe(class, file->header.e_machine);
    return fail(error, "it is for %s, not for a processor of architecture "
                "'%s'", what, slave->arch);
}

/* They come last in a file: if they are there, all is. */
static gboolean check_sections(const HetElfFile *file, GError **error)
{
    const GElf_Ehdr *header = &file->header;
    guint64 each = gelf_fsize(file->elf, ELF_T_SHDR, 1, EV_CURRENT);

    return !header->e_shoff ||
           require_bytes(file, "its section headers", header->e_shoff,
                         each * MAX(header->e_shnum, 1), error);
}

/* ---- its parts ---- */

static gboolean add_part(HetElfFile *file, guint index, const GElf_Phdr *ph,
                         GError **error)
{
    const HetElfPart part = {
        .index = index,
        .run_address = ph->p_vaddr,
        .address = ph->p_paddr,
        .size = ph->p_memsz,
        .file_offset = ph->p_offset,
        .file_size = ph->p_filesz,
    };

    if (part.file_size > part.size) {
        return fail(error, "damaged: " X64 " bytes in the file for " X64
                    " bytes of memory", part.file_size, part.size);
    }
    if (!part.size) {
        return TRUE;
    }
    if (part.size - 1 > G_MAXUINT64 - part.address) {
        return fail(error, "damaged: " X64 " bytes at " X64 " go past the "
                    "end of all addresses", part.size, part.address);
    }
    if (part.file_size &&
        !require_bytes(file, "its bytes", part.file_offset, part.file_size,
                       error)) {
        return FALSE;
    }
    g_array_append_val(file->parts, part);
    return TRUE;
}

static gboolean read_part(HetElfFile *file, guint index, GError **error)
{
    GElf_Phdr ph;

    if (!gelf_getphdr(file->elf, index, &ph)) {
        return fail(error, "damaged: %s", elf_errmsg(-1));
    }
    if (ph.p_type == PT_INTERP) {
        return fail(error, "it is a program of an operating system, which "
                    "a dynamic linker starts (PT_INTERP); link it "
                    "statically, for the bare processor");
    }
    return ph.p_type != PT_LOAD || add_part(file, index, &ph, error);
}

static gboolean read_parts(HetElfFile *file, GError **error)
{
    const GElf_Ehdr *header = &file->header;
    guint64 each = gelf_fsize(file->elf, ELF_T_PHDR, 1, EV_CURRENT);

    if (header->e_phnum > HET_ELF_PARTS_MAX) {
        return fail(error, "it has %u program headers, more than the %d "
                    "allowed", header->e_phnum, HET_ELF_PARTS_MAX);
    }
    if (header->e_phnum && header->e_phentsize != each) {
        return fail(error, "its ELF header is damaged: program headers of "
                    "%u bytes each", header->e_phentsize);
    }
    if (!require_bytes(file, "its program headers", header->e_phoff,
                       each * header->e_phnum, error)) {
        return FALSE;
    }
    for (guint i = 0; i < header->e_phnum; i++) {
        if (!read_part(file, i, error)) {
            g_prefix_error(error, "program header %u: ", i);
            return FALSE;
        }
    }
    return TRUE;
}

HetElfFile *het_elf_file_open(int fd, const HetProcessor *slave,
                              GError **error)
{
    g_autoptr(HetElfFile) file = g_new0(HetElfFile, 1);
    off_t end = lseek(fd, 0, SEEK_END);

    file->fd = fd;
    file->size = MAX(end, 0);
    file->parts = g_array_new(FALSE, FALSE, sizeof(HetElfPart));
    if (!check_ident(file, error) || !read_header(file, error) ||
        !check_type(file, error) || !check_target(file, slave, error) ||
        !read_parts(file, error) || !check_sections(file, error)) {
        return NULL;
    }
    return g_steal_pointer(&file);
}

int het_elf_file_get_fd(const HetElfFile *file)
{
    return file->fd;
}

guint64 het_elf_file_get_entry(const HetElfFile *file)
{
    return file->header.e_entry;
}

guint32 het_elf_file_get_flags(const HetElfFile *file)
{
    return file->header.e_flags;
}

const GArray *het_elf_file_get_parts(const HetElfFile *file)
{
    return file->parts;
}

/* ---- its sections ---- */

void het_elf_section_clear(HetElfSection *section)
{
    g_clear_pointer(&section->bytes, g_bytes_unref);
}

static gboolean find_section(const HetElfFile *file, const char *name,
                             GElf_Shdr *header)
{
    Elf_Scn *scn = NULL;
    size_t names;

    if (!file->header.e_shoff || elf_getshdrstrndx(file->elf, &names) < 0) {
        return FALSE;
    }
    while ((scn = elf_nextscn(file->elf, scn))) {
        if (gelf_getshdr(scn, header) &&
            !g_strcmp0(elf_strptr(file->elf, names, header->sh_name), name)) {
            return TRUE;
        }
    }
    return FALSE;
}

static GBytes *read_bytes(const HetElfFile *file, guint64 offset, gsize size,
                          GError **error)
{
    g_autofree char *bytes = g_malloc(size);
    ssize_t n = pread(file->fd, bytes, size, offset);

    if (n < 0 || (gsize)n != size) {
        fail(error, "cannot read it: %s",
             n < 0 ? g_strerror(errno) : "the file has become shorter");
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&bytes), size);
}

static gboolean check_section(const HetElfFile *file, const GElf_Shdr *header,
                              GError **error)
{
    if (header->sh_type == SHT_NOBITS || !header->sh_size) {
        return fail(error, "it has no bytes in the file");
    }
    if (header->sh_size > SECTION_MAX) {
        return fail(error, X64 " bytes are too many", header->sh_size);
    }
    return require_bytes(file, "its bytes", header->sh_offset,
                         header->sh_size, error);
}

gboolean het_elf_file_read_section(const HetElfFile *file, const char *name,
                                   HetElfSection *section, GError **error)
{
    GElf_Shdr header;

    section->bytes = NULL;
    if (!find_section(file, name, &header)) {
        return TRUE;
    }
    section->address = header.sh_addr;
    if (check_section(file, &header, error)) {
        section->bytes = read_bytes(file, header.sh_offset, header.sh_size,
                                    error);
    }
    if (!section->bytes) {
        g_prefix_error(error, "section '%s': ", name);
    }
    return section->bytes != NULL;
}
