/*
 * What ELF files are for: the architectures of processors as e_machine and
 * class
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/elf-target.h"

#include <elf.h>
#include <string.h>

static const HetElfTarget targets[] = {
    { "armv7l", EM_ARM, ELFCLASS32 },
    { "aarch64", EM_AARCH64, ELFCLASS64 },
    { "riscv32", EM_RISCV, ELFCLASS32 },
    { "riscv64", EM_RISCV, ELFCLASS64 },
};

/* What else there is on chips and on the desk of who builds for them */
static const struct {
    guint machine;
    const char *name;
} machines[] = {
    { EM_ARM, "Arm" },
    { EM_AARCH64, "Arm" },
    { EM_RISCV, "RISC-V" },
    { EM_386, "x86" },
    { EM_X86_64, "x86" },
    { EM_MIPS, "MIPS" },
    { EM_MICROBLAZE, "MicroBlaze" },
    { EM_PPC, "PowerPC" },
    { EM_PPC64, "PowerPC" },
    { EM_TRICORE, "TriCore" },
    { EM_XTENSA, "Xtensa" },
};

const HetElfTarget *het_elf_target_of(const HetProcessor *slave)
{
    for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
        if (!strcmp(targets[i].arch, slave->arch)) {
            return &targets[i];
        }
    }
    g_assert_not_reached();
}

char *het_elf_target_describe(guint class, guint machine)
{
    const int bits = class == ELFCLASS64 ? 64 : 32;

    for (gsize i = 0; i < G_N_ELEMENTS(machines); i++) {
        if (machines[i].machine == machine) {
            return g_strdup_printf("%d-bit %s", bits, machines[i].name);
        }
    }
    return g_strdup_printf("%d-bit machine %u", bits, machine);
}
