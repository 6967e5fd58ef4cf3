/*
 * ELF files whose headers are exactly as given
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "elf-image.h"

#include <string.h>

static const char names[] = "\0.text\0.resource_table\0.shstrtab";
enum { TEXT_NAME = 1, TABLE_NAME = 7, NAMES_NAME = 23 };
enum { TEXT = 1, TABLE, NAMES, SECTIONS };

guint8 elf_image_byte(const ElfImagePart *part, guint32 offset)
{
    return (offset * 7 + part->seed) % 255 + 1;
}

Elf32_Ehdr *elf_image_header(GByteArray *image)
{
    return (Elf32_Ehdr *)image->data;
}

Elf32_Phdr *elf_image_part(GByteArray *image, guint index)
{
    return (Elf32_Phdr *)(image->data + sizeof(Elf32_Ehdr)) + index;
}

static void add_header(GByteArray *image, guint count)
{
    const Elf32_Ehdr header = {
        .e_ident = {
            ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB,
            EV_CURRENT,
        },
        .e_type = ET_EXEC,
        .e_machine = EM_ARM,
        .e_version = EV_CURRENT,
        .e_entry = 0x101,
        .e_phoff = sizeof(Elf32_Ehdr),
        .e_flags = EF_ARM_EABI_VER5,
        .e_ehsize = sizeof(Elf32_Ehdr),
        .e_phentsize = sizeof(Elf32_Phdr),
        .e_phnum = count,
        .e_shentsize = sizeof(Elf32_Shdr),
    };

    g_byte_array_append(image, (const guint8 *)&header, sizeof(header));
}

static void add_part(GByteArray *image, guint index, const ElfImagePart *part)
{
    *elf_image_part(image, index) = (Elf32_Phdr) {
        .p_type = part->type,
        .p_offset = image->len,
        .p_vaddr = part->run_address,
        .p_paddr = part->address,
        .p_filesz = part->file_size,
        .p_memsz = part->size,
        .p_flags = PF_R | PF_W | PF_X,
        .p_align = 4,
    };
    for (guint32 i = 0; i < part->file_size; i++) {
        guint8 byte = elf_image_byte(part, i);

        g_byte_array_append(image, &byte, 1);
    }
}

static void pad(GByteArray *image)
{
    g_byte_array_set_size(image, (image->len + 3) & ~3u);
}

static void add_sections(GByteArray *image, const char *table,
                         guint32 table_address)
{
    Elf32_Shdr sections[SECTIONS] = {
        [TEXT] = {
            .sh_name = TEXT_NAME, .sh_type = SHT_PROGBITS,
            .sh_flags = SHF_ALLOC, .sh_offset = sizeof(Elf32_Ehdr),
            .sh_size = 4, .sh_addralign = 1,
        },
        [TABLE] = {
            .sh_name = TABLE_NAME, .sh_type = SHT_PROGBITS,
            .sh_flags = SHF_ALLOC, .sh_addr = table_address,
            .sh_offset = image->len, .sh_size = strlen(table),
            .sh_addralign = 1,
        },
        [NAMES] = {
            .sh_name = NAMES_NAME, .sh_type = SHT_STRTAB,
            .sh_size = sizeof(names), .sh_addralign = 1,
        },
    };

    g_byte_array_append(image, (const guint8 *)table, strlen(table));
    sections[NAMES].sh_offset = image->len;
    g_byte_array_append(image, (const guint8 *)names, sizeof(names));
    pad(image);
    elf_image_header(image)->e_shoff = image->len;
    elf_image_header(image)->e_shnum = SECTIONS;
    elf_image_header(image)->e_shstrndx = NAMES;
    g_byte_array_append(image, (const guint8 *)sections, sizeof(sections));
}

GByteArray *elf_image_new(const ElfImagePart *parts, guint count,
                          const char *table, guint32 table_address)
{
    GByteArray *image = g_byte_array_new();

    add_header(image, count);
    g_byte_array_set_size(image, image->len + count * sizeof(Elf32_Phdr));
    for (guint i = 0; i < count; i++) {
        pad(image);
        add_part(image, i, &parts[i]);
    }
    if (table) {
        add_sections(image, table, table_address);
    }
    return image;
}
