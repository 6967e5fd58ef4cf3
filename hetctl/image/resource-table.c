/*
 * Where a firmware has its resource table
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/resource-table.h"

#include <gelf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTION ".resource_table"
#define TABLE_VERSION 1
/* Its version, how many entries, two reserved words */
#define HEADER_SIZE 16

typedef Elf HetElf;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetElf, elf_end)

static gboolean is_table(Elf *elf, size_t names, Elf_Scn *section,
                         GElf_Shdr *header)
{
    const char *name;

    if (!gelf_getshdr(section, header)) {
        return FALSE;
    }
    name = elf_strptr(elf, names, header->sh_name);
    return name && !strcmp(name, SECTION);
}

static gboolean is_in_file(int fd, const GElf_Shdr *header)
{
    struct stat st;

    return fstat(fd, &st) == 0 && header->sh_offset <= (guint64)st.st_size &&
           header->sh_size <= (guint64)st.st_size - header->sh_offset;
}

/* Linux takes no other one either. */
static gboolean is_sound(int fd, const GElf_Shdr *header)
{
    guint32 words[HEADER_SIZE / sizeof(guint32)];
    guint32 version;

    if (header->sh_type == SHT_NOBITS || header->sh_size < HEADER_SIZE ||
        !is_in_file(fd, header) ||
        pread(fd, words, HEADER_SIZE, header->sh_offset) != HEADER_SIZE) {
        return FALSE;
    }
    version = words[0];
    return GUINT32_FROM_LE(version) == TABLE_VERSION && header->sh_addr &&
           header->sh_addr <= G_MAXUINT32;
}

guint32 het_resource_table_find(int fd)
{
    g_autoptr(HetElf) elf = NULL;
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    size_t names;

    elf_version(EV_CURRENT);
    elf = elf_begin(fd, ELF_C_READ, NULL);
    if (!elf || elf_kind(elf) != ELF_K_ELF ||
        elf_getshdrstrndx(elf, &names)) {
        return 0;
    }
    while ((section = elf_nextscn(elf, section))) {
        if (is_table(elf, names, section, &header)) {
            return is_sound(fd, &header) ? header.sh_addr : 0;
        }
    }
    return 0;
}
