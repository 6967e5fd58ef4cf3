/*
 * A Cortex-M slave whose memories ELF files are loaded into, for tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_TEST_ELF_SOC_H
#define HET_TEST_ELF_SOC_H

#include "elf-image.h"
#include "slave-files.h"

#define ITCM_SIZE 0x20000       /* at 0x0 */
#define FLASH 0x08000000        /* 1 MiB */
#define CCM 0x10000000          /* 64 KiB */
#define SRAM 0x20000000         /* 192 KiB */
#define LOW 0x30000000          /* 64 KiB, the next 64 KiB are HIGH */
#define HIGH 0x30010000
#define BACKUP 0x40024000       /* 4 KiB */
#define ALIAS 0x60000000        /* the SRAM again */
#define OLD 0xee                /* what was there before */

void elf_soc_begin(void);
void elf_soc_end(void);

/* The file @name of the folder, loaded into memory that was full of OLD. */
gboolean elf_soc_load(const char *name, GError **error);
void elf_soc_load_valid(const char *name);
/* As Linux' remoteproc does: each part in turn, bytes and zeroes */
void elf_soc_load_as_linux(const char *name);
/* The whole segment as it is now, of elf_soc_size() bytes */
guint8 *elf_soc_copy(void);
gsize elf_soc_size(void);
void elf_soc_assert_filled(guint64 address, guint64 size, guint8 byte);
void elf_soc_assert_bytes(const ElfImagePart *part);

void elf_soc_put(const char *name, GByteArray *image);
/* Not one byte is written. */
void elf_soc_assert_refused(GByteArray *image, const char *why);

#endif
