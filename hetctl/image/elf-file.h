/*
 * An ELF file that a slave can run: its headers, checked
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_ELF_FILE_H
#define HET_ELF_FILE_H

#include "soc/soc.h"

/* A program header of type PT_LOAD; its bytes are in the file. */
typedef struct {
    guint index;                /* in the table of the file, from 0 */
    guint64 run_address;        /* p_vaddr */
    guint64 address;            /* p_paddr */
    guint64 size;               /* in memory, not 0 */
    guint64 file_offset;
    guint64 file_size;          /* up to @size */
} HetElfPart;

typedef struct {
    guint64 address;
    GBytes *bytes;              /* NULL: there is no such section */
} HetElfSection;

/* Program headers; firmware has a handful */
#define HET_ELF_PARTS_MAX 1024

typedef struct HetElfFile HetElfFile;

/* Does the file begin as an ELF file does? */
gboolean het_elf_is_elf(int fd);

/*
 * @fd stays the caller's, and open as long as the file.  Refused is what is
 * no executable for the architecture of @slave, or not all there.
 */
HetElfFile *het_elf_file_open(int fd, const HetProcessor *slave,
                              GError **error);
void het_elf_file_free(HetElfFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetElfFile, het_elf_file_free)

int het_elf_file_get_fd(const HetElfFile *file);
guint64 het_elf_file_get_entry(const HetElfFile *file);
guint32 het_elf_file_get_flags(const HetElfFile *file);
/* HetElfPart, in the order of the file */
const GArray *het_elf_file_get_parts(const HetElfFile *file);

/* That it is not there is no error. */
gboolean het_elf_file_read_section(const HetElfFile *file, const char *name,
                                   HetElfSection *section, GError **error);
void het_elf_section_clear(HetElfSection *section);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetElfSection, het_elf_section_clear)

#endif
