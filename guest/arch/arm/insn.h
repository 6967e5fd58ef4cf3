/*
 * Instructions that 32-bit Arm has in all profiles
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef INSN_H
#define INSN_H

#include <stdint.h>

static inline void dmb(void)
{
    __asm__ volatile("dmb" ::: "memory");
}

static inline void dsb(void)
{
    __asm__ volatile("dsb" ::: "memory");
}

static inline void isb(void)
{
    __asm__ volatile("isb" ::: "memory");
}

static inline void wfi(void)
{
    __asm__ volatile("dsb\n\twfi" ::: "memory");
}

/* ARMv6-M has none. */
#if __ARM_FEATURE_LDREX & 4
#define CPU_HAS_EXCLUSIVES 1

static inline void exclusive_add(volatile uint32_t *p, uint32_t n)
{
    uint32_t value, failed;

    do {
        __asm__ volatile("ldrex %0, [%1]"
                         : "=&r"(value) : "r"(p) : "memory");
        __asm__ volatile("strex %0, %1, [%2]"
                         : "=&r"(failed) : "r"(value + n), "r"(p)
                         : "memory");
    } while (failed);
}
#else
#define CPU_HAS_EXCLUSIVES 0
#endif

#endif
