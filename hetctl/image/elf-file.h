/*
 * An ELF file for a slave, by libelf
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_ELF_FILE_H
#define HET_ELF_FILE_H

#include "image/load-plan.h"

/* Does the file begin as an ELF file does? */
gboolean het_elf_is_elf(int fd);

/*
 * Adds the loadable parts of @fd, by their physical addresses. @entry: the
 * file's entry address.
 */
gboolean het_elf_add(HetLoadPlan *pieces, const HetProcessor *slave, int fd,
                     guint64 *entry, GError **error);

/* Writes @pieces to @fd as an ELF file, a loadable part each. */
gboolean het_elf_write(const HetLoadPlan *pieces, const HetProcessor *slave,
                       guint64 entry, int fd, GError **error);

#endif
