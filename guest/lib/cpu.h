/*
 * The core: barriers, sleeping, interrupt masking, exclusives
 *
 * arch/ARCH/arch.h has, under these names whatever the architecture calls it:
 *
 *   dmb()              orders memory and device accesses
 *   dsb(), isb()       wait for them; start fetching afresh
 *   wfi()              sleeps until an interrupt is pending, masked or not
 *   irq_save()         masks interrupts; returns what irq_restore() needs, so
 *                      that sections nest
 *   code_address()     what a call of code at an address jumps to
 *   exclusive_add()    atomic against every observer of the memory, other
 *                      processors too; where CPU_HAS_EXCLUSIVES
 *   CPU_NAME, cpu_id() what it is: MIDR, CPUID, or misa without the width
 *   CPU_HAS_LOCKUP     faults can stop the core so that the platform sees it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CPU_H
#define CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "arch.h"

#define REG32(addr) (*(volatile uint32_t *)(uintptr_t)(addr))

/* Sleeps, unless an interrupt has changed *@p from @value already. */
static inline void wfi_unless(const volatile uint32_t *p, uint32_t value)
{
    uintptr_t mask = irq_save();

    if (*p == value) {
        wfi();
    }
    irq_restore(mask);
    isb();
}

#endif
