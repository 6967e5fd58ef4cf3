/*
 * ELF files whose headers are exactly as given
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_TEST_ELF_IMAGE_H
#define HET_TEST_ELF_IMAGE_H

#include <elf.h>
#include <glib.h>

/* A program header; its bytes count up from @seed. */
typedef struct {
    guint32 type;
    guint32 run_address;
    guint32 address;
    guint32 file_size;
    guint32 size;
    guint8 seed;
} ElfImagePart;

/* Of @part, at @offset; never 0 */
guint8 elf_image_byte(const ElfImagePart *part, guint32 offset);

/*
 * A 32-bit executable for Arm: headers, then the bytes of the parts.  With
 * @table, a section ".resource_table" of that for @table_address.
 */
GByteArray *elf_image_new(const ElfImagePart *parts, guint count,
                          const char *table, guint32 table_address);
Elf32_Ehdr *elf_image_header(GByteArray *image);
Elf32_Phdr *elf_image_part(GByteArray *image, guint index);

#endif
