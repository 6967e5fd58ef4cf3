/*
 * What ELF files are for: the architectures of processors as e_machine and
 * class
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_ELF_TARGET_H
#define HET_ELF_TARGET_H

#include "soc/soc.h"

typedef struct {
    const char *arch;           /* of a <type> */
    guint machine;              /* EM_ARM, ... */
    guint class;                /* ELFCLASS32, ... */
} HetElfTarget;

const HetElfTarget *het_elf_target_of(const HetProcessor *slave);

/* "64-bit RISC-V", "32-bit machine 83" */
char *het_elf_target_describe(guint class, guint machine);

#endif
