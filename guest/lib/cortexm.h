/*
 * Cortex-M core: barriers, sleeping, interrupt masking, exclusives
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CORTEXM_H
#define CORTEXM_H

#include <stdbool.h>
#include <stdint.h>

#define REG32(addr) (*(volatile uint32_t *)(uintptr_t)(addr))

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

/* Returns what irq_restore() needs, so that sections nest. */
static inline uint32_t irq_save(void)
{
    uint32_t primask;

    __asm__ volatile("mrs %0, primask\n\tcpsid i"
                     : "=r"(primask) :: "memory");
    return primask;
}

static inline void irq_restore(uint32_t primask)
{
    __asm__ volatile("msr primask, %0" :: "r"(primask) : "memory");
}

/* Sleeps, unless an interrupt has changed *@p from @value already. */
static inline void wfi_unless(const volatile uint32_t *p, uint32_t value)
{
    uint32_t mask = irq_save();

    if (*p == value) {
        wfi();
    }
    irq_restore(mask);
    isb();
}

/* Atomic against every observer of the memory, other processors too. */
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

#endif
