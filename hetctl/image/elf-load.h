/*
 * The parts of an ELF file in the memory of a slave
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_ELF_LOAD_H
#define HET_ELF_LOAD_H

#include "image/elf-file.h"
#include "image/load-plan.h"

/*
 * Adds the parts of @file by their physical addresses: first the zeroes
 * behind their bytes, where they run, then the bytes.  Refused are different
 * bytes for one address.
 */
gboolean het_elf_load(HetLoadPlan *plan, const HetElfFile *file,
                      GError **error);

#endif
