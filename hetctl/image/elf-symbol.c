/*
 * What an ELF file says of an address: its symbol, and what is there
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/elf-symbol.h"

#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What assembly leaves without a size ends somewhere. */
#define SIZE_MAX_UNKNOWN 0x10000

/* Longer ones, as of C++, are cut off nowhere else: such a symbol is none. */
#define NAME_MAX_LEN 1024

typedef struct {
    guint64 value;
    const char *name;
} Nearest;

/* The section of a symbol table that has its names */
typedef struct {
    const char *bytes;
    gsize size;
} Names;

/* Each is looked at without regard to how long the whole is. */
static const char *find_name(const Names *names, gsize offset)
{
    gsize left = offset < names->size
                 ? MIN(names->size - offset, NAME_MAX_LEN) : 0;
    const char *name = left ? names->bytes + offset : "";
    gsize len = strnlen(name, left);

    if (!len || len == left || *name == '$') {
        return NULL;
    }
    for (gsize i = 0; i < len; i++) {
        if (!g_ascii_isgraph(name[i])) {
            return NULL;
        }
    }
    return name;
}

/* The lowest bit of a function's value says Thumb; $t and the like are marks. */
static void look_at(const GElf_Sym *sym, const Names *names, gboolean is_arm,
                    guint64 address, Nearest *best)
{
    const char *name;
    int type = GELF_ST_TYPE(sym->st_info);
    guint64 value = sym->st_value;
    guint64 size = sym->st_size ?: SIZE_MAX_UNKNOWN;

    if (is_arm && type == STT_FUNC) {
        value &= ~1ull;
    }
    if ((type != STT_FUNC && type != STT_NOTYPE) ||
        sym->st_shndx == SHN_UNDEF || sym->st_shndx == SHN_ABS ||
        value > address || address - value >= size ||
        (best->name && value < best->value)) {
        return;
    }
    name = find_name(names, sym->st_name);
    if (name) {
        best->value = value;
        best->name = name;
    }
}

static Names names_of(Elf *elf, const GElf_Shdr *header)
{
    Elf_Scn *section = elf_getscn(elf, header->sh_link);
    const Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;

    return data && data->d_buf ? (Names){ data->d_buf, data->d_size }
                               : (Names){ NULL, 0 };
}

static void look_in(Elf *elf, Elf_Scn *section, gboolean is_arm,
                    guint64 address, Nearest *best)
{
    GElf_Shdr header;
    Elf_Data *data;
    GElf_Sym sym;
    Names names;

    if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB) {
        return;
    }
    data = elf_getdata(section, NULL);
    names = names_of(elf, &header);
    for (int i = 0; data && gelf_getsym(data, i, &sym); i++) {
        look_at(&sym, &names, is_arm, address, best);
    }
}

static char *find(Elf *elf, guint64 address)
{
    Elf_Scn *section = NULL;
    Nearest best = { 0 };
    GElf_Ehdr header;

    if (!gelf_getehdr(elf, &header)) {
        return NULL;
    }
    while ((section = elf_nextscn(elf, section))) {
        look_in(elf, section, header.e_machine == EM_ARM, address, &best);
    }
    if (!best.name) {
        return NULL;
    }
    return g_strdup_printf("%s+0x%" G_GINT64_MODIFIER "x", best.name,
                           address - best.value);
}

/* Returns -1, or the file with @elf, which is to be ended first. */
static int open_elf(const char *path, Elf **elf)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;

    if (fd < 0) {
        return -1;
    }
    elf_version(EV_CURRENT);
    *elf = fstat(fd, &st) == 0 && S_ISREG(st.st_mode)
           ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
    if (!*elf || elf_kind(*elf) != ELF_K_ELF) {
        elf_end(*elf);
        close(fd);
        return -1;
    }
    return fd;
}

char *het_elf_symbol(const char *path, guint64 address)
{
    char *text;
    Elf *elf;
    int fd = open_elf(path, &elf);

    if (fd < 0) {
        return NULL;
    }
    text = find(elf, address);
    elf_end(elf);
    close(fd);
    return text;
}

static gsize read_part(Elf *elf, int fd, guint64 address, void *buf,
                       gsize size)
{
    size_t n = 0;

    elf_getphdrnum(elf, &n);
    for (size_t i = 0; i < n; i++) {
        guint64 offset;
        GElf_Phdr ph;
        gssize got;

        if (!gelf_getphdr(elf, i, &ph) || ph.p_type != PT_LOAD ||
            address < ph.p_vaddr || address - ph.p_vaddr >= ph.p_filesz) {
            continue;
        }
        offset = address - ph.p_vaddr;
        size = MIN(size, ph.p_filesz - offset);
        if (ph.p_offset > G_MAXINT64 - offset) {
            return 0;
        }
        got = pread(fd, buf, size, ph.p_offset + offset);
        return MAX(got, 0);
    }
    return 0;
}

gsize het_elf_read(const char *path, guint64 address, void *buf, gsize size)
{
    Elf *elf;
    int fd = open_elf(path, &elf);
    gsize got;

    if (fd < 0) {
        return 0;
    }
    got = read_part(elf, fd, address, buf, size);
    elf_end(elf);
    close(fd);
    return got;
}
