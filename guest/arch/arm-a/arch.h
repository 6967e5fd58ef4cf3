/*
 * Cortex-A or Cortex-R core in 32 bits; lib/cpu.h says what is what
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ARCH_H
#define ARCH_H

#include "insn.h"

#define CPU_HAS_LOCKUP 0

#if __ARM_ARCH_PROFILE == 'R'
#define CPU_NAME "ARMv8-R"
#else
#define CPU_NAME "ARMv7-A"
#endif

static inline uint32_t cpu_id(void)
{
    uint32_t midr;

    __asm__ volatile("mrc p15, 0, %0, c0, c0, 0" : "=r"(midr));
    return midr;
}

static inline uintptr_t irq_save(void)
{
    uintptr_t cpsr;

    __asm__ volatile("mrs %0, cpsr\n\tcpsid i"
                     : "=r"(cpsr) :: "memory");
    return cpsr;
}

static inline void irq_restore(uintptr_t cpsr)
{
    __asm__ volatile("msr cpsr_c, %0" :: "r"(cpsr) : "memory");
}

static inline uintptr_t code_address(uintptr_t addr)
{
    return addr;
}

#endif
