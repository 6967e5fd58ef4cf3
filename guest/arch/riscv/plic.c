/*
 * Platform-level interrupt controller, and the CLINT's timer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plic.h"
#include "cpu.h"
#include "irq.h"
#include "trace.h"

/* Context 0 is hart 0 in machine mode. */
#define PLIC 0x0c000000
#define PLIC_PRIORITY(n) (PLIC + (n) * 4)
#define PLIC_ENABLE(n) (PLIC + 0x2000 + (n) / 32 * 4)
#define PLIC_THRESHOLD (PLIC + 0x200000)
#define PLIC_CLAIM (PLIC + 0x200004)
#define SOURCES 96

#define CLINT_MTIMECMP 0x02004000
#define CLINT_MTIME 0x0200bff8
#define MTIME_PER_MS 10000

#define MIE_TIMER (1u << 7)
#define MIE_EXTERNAL (1u << 11)

static void (*handlers[SOURCES])(void);

static void unmask(uintptr_t bit)
{
    __asm__ volatile("csrs mie, %0" :: "r"(bit) : "memory");
}

void irq_enable(unsigned irq, void (*handler)(void))
{
    handlers[irq] = handler;
    dmb();
    REG32(PLIC_THRESHOLD) = 0;
    REG32(PLIC_ENABLE(irq)) |= 1u << irq % 32;
    REG32(PLIC_PRIORITY(irq)) = 1;
    unmask(MIE_EXTERNAL);
}

void plic_dispatch(void)
{
    uint32_t irq = REG32(PLIC_CLAIM);

    if (!irq) {
        return;
    }
    if (irq < SOURCES && handlers[irq]) {
        handlers[irq]();
    } else {
        trace("unexpected interrupt %u, disabled\n", (unsigned)irq);
        REG32(PLIC_ENABLE(irq)) &= ~(1u << irq % 32);
    }
    /* The write that lowered the line must land before the end. */
    dmb();
    REG32(PLIC_CLAIM) = irq;
}

static uint64_t now(void)
{
    uint32_t high, low;

    do {
        high = REG32(CLINT_MTIME + 4);
        low = REG32(CLINT_MTIME);
    } while (high != REG32(CLINT_MTIME + 4));
    return (uint64_t)high << 32 | low;
}

/* The upper half first: no value in between is in the past. */
static void set_timer(uint64_t at)
{
    REG32(CLINT_MTIMECMP + 4) = UINT32_MAX;
    REG32(CLINT_MTIMECMP) = (uint32_t)at;
    REG32(CLINT_MTIMECMP + 4) = (uint32_t)(at >> 32);
}

void tick_start(void)
{
    set_timer(now() + MTIME_PER_MS);
    unmask(MIE_TIMER);
}

void plic_tick(void)
{
    set_timer(now() + MTIME_PER_MS);
    tick_handler();
}
