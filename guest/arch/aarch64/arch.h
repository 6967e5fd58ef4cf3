/*
 * Cortex-A core in 64 bits; lib/cpu.h says what is what
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ARCH_H
#define ARCH_H

#include <stdint.h>

#define CPU_HAS_EXCLUSIVES 1
#define CPU_HAS_LOCKUP 0

#define CPU_NAME "AArch64"

static inline uint32_t cpu_id(void)
{
    uint64_t midr;

    __asm__ volatile("mrs %0, midr_el1" : "=r"(midr));
    return (uint32_t)midr;
}

static inline void dmb(void)
{
    __asm__ volatile("dmb sy" ::: "memory");
}

static inline void dsb(void)
{
    __asm__ volatile("dsb sy" ::: "memory");
}

static inline void isb(void)
{
    __asm__ volatile("isb" ::: "memory");
}

static inline void wfi(void)
{
    __asm__ volatile("dsb sy\n\twfi" ::: "memory");
}

static inline uintptr_t irq_save(void)
{
    uintptr_t daif;

    __asm__ volatile("mrs %0, daif\n\tmsr daifset, #2"
                     : "=r"(daif) :: "memory");
    return daif;
}

static inline void irq_restore(uintptr_t daif)
{
    __asm__ volatile("msr daif, %0" :: "r"(daif) : "memory");
}

static inline uintptr_t code_address(uintptr_t addr)
{
    return addr;
}

static inline void exclusive_add(volatile uint32_t *p, uint32_t n)
{
    uint32_t value, failed;

    do {
        __asm__ volatile("ldxr %w0, [%1]"
                         : "=&r"(value) : "r"(p) : "memory");
        __asm__ volatile("stxr %w0, %w1, [%2]"
                         : "=&r"(failed) : "r"(value + n), "r"(p)
                         : "memory");
    } while (failed);
}

#endif
