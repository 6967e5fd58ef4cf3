/*
 * What an ELF file says of an address: its symbol, and what is there
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_ELF_SYMBOL_H
#define HET_ELF_SYMBOL_H

#include <glib.h>

/*
 * "main+0x12", or NULL: no such file, no ELF file, no symbols, or none near
 * @address.  A name is printable.
 */
char *het_elf_symbol(const char *path, guint64 address);

/*
 * Reads up to @size bytes that the file loads at @address. Returns how many;
 * 0 when there are none, also for want of a file.
 */
gsize het_elf_read(const char *path, guint64 address, void *buf, gsize size);

#endif
