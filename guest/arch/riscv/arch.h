/*
 * RISC-V hart in machine mode, 32 and 64 bits; lib/cpu.h says what is what
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ARCH_H
#define ARCH_H

#include <stdint.h>

#define CPU_HAS_EXCLUSIVES 1
#define CPU_HAS_LOCKUP 0

#if __riscv_xlen == 64
#define CPU_NAME "RV64"
#else
#define CPU_NAME "RV32"
#endif

/* The extensions' letters; the width is in the name. */
static inline uint32_t cpu_id(void)
{
    uintptr_t misa;

    __asm__ volatile("csrr %0, misa" : "=r"(misa));
    return misa & 0x3ffffff;
}

#define MSTATUS_MIE 8

static inline void dmb(void)
{
    __asm__ volatile("fence iorw, iorw" ::: "memory");
}

static inline void dsb(void)
{
    dmb();
}

static inline void isb(void)
{
    __asm__ volatile("" ::: "memory");
}

static inline void wfi(void)
{
    __asm__ volatile("fence iorw, iorw\n\twfi" ::: "memory");
}

static inline uintptr_t irq_save(void)
{
    uintptr_t mstatus;

    __asm__ volatile("csrrci %0, mstatus, %1"
                     : "=r"(mstatus) : "i"(MSTATUS_MIE) : "memory");
    return mstatus & MSTATUS_MIE;
}

static inline void irq_restore(uintptr_t mie)
{
    __asm__ volatile("csrs mstatus, %0" :: "r"(mie) : "memory");
}

static inline uintptr_t code_address(uintptr_t addr)
{
    return addr;
}

static inline void exclusive_add(volatile uint32_t *p, uint32_t n)
{
    uintptr_t value, failed;

    do {
        __asm__ volatile("lr.w %0, (%1)"
                         : "=&r"(value) : "r"(p) : "memory");
        __asm__ volatile("sc.w %0, %1, (%2)"
                         : "=&r"(failed) : "r"(value + n), "r"(p)
                         : "memory");
    } while (failed);
}

#endif
