/*
 * Writing an ELF file for the master's remoteproc
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_ELF_WRITE_H
#define HET_ELF_WRITE_H

#include "image/elf-file.h"
#include "image/load-plan.h"

/*
 * Writes @pieces to @fd, a loadable part each.  @source, or NULL: the ELF
 * file that they come from, whose resource table and flags are kept.
 */
gboolean het_elf_write(const HetLoadPlan *pieces, const HetProcessor *slave,
                       guint64 entry, const HetElfFile *source, int fd,
                       GError **error);

#endif
