/*
 * Is an ELF file what lies in the memory of a slave?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_ELF_MATCH_H
#define HET_ELF_MATCH_H

#include "host/segment.h"
#include "soc/soc.h"

/*
 * Its code, section '.text', is compared: what else there is changes while it
 * runs.  FALSE as well when it is no such file, or has no code in this memory.
 */
gboolean het_elf_matches_memory(const char *path, const HetSoc *soc,
                                const HetProcessor *slave,
                                const HetSegment *segment);

#endif
