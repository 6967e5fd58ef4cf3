/*
 * Cortex-M core; lib/cpu.h says what is what
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ARCH_H
#define ARCH_H

#include "insn.h"

#define CPU_HAS_LOCKUP 1

#if __ARM_ARCH == 6
#define CPU_NAME "ARMv6-M"
#elif __ARM_ARCH == 7
#define CPU_NAME "ARMv7-M"
#else
#define CPU_NAME "ARMv8-M"
#endif

static inline uint32_t cpu_id(void)
{
    return *(volatile uint32_t *)0xe000ed00;    /* CPUID */
}

static inline uintptr_t irq_save(void)
{
    uintptr_t primask;

    __asm__ volatile("mrs %0, primask\n\tcpsid i"
                     : "=r"(primask) :: "memory");
    return primask;
}

static inline void irq_restore(uintptr_t primask)
{
    __asm__ volatile("msr primask, %0" :: "r"(primask) : "memory");
}

static inline uintptr_t code_address(uintptr_t addr)
{
    return addr | 1;    /* Thumb */
}

#endif
