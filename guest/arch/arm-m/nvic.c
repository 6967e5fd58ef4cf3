/*
 * The NVIC, and SysTick as a slow clock
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "nvic.h"
#include "cpu.h"
#include "irq.h"
#include "trace.h"

#define NVIC_ISER 0xe000e100
#define NVIC_ICER 0xe000e180

#define SYST_CSR 0xe000e010
#define SYST_RVR 0xe000e014
#define SYST_CVR 0xe000e018
#define SYST_CSR_RUN 7          /* core clock, interrupt, enable */
#define CYCLES_PER_MS 200000    /* what het-m has unless told otherwise */

static void (*handlers[NVIC_IRQS])(void);

void irq_enable(unsigned irq, void (*handler)(void))
{
    handlers[irq] = handler;
    dmb();
    REG32(NVIC_ISER + irq / 32 * 4) = 1u << irq % 32;
}

void tick_start(void)
{
    REG32(SYST_RVR) = CYCLES_PER_MS - 1;
    REG32(SYST_CVR) = 0;
    REG32(SYST_CSR) = SYST_CSR_RUN;
}

void nvic_dispatch(void)
{
    uint32_t ipsr;
    unsigned irq;

    __asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
    irq = ipsr - 16;
    if (handlers[irq]) {
        handlers[irq]();
    } else {
        trace("unexpected interrupt %u, disabled\n", irq);
        REG32(NVIC_ICER + irq / 32 * 4) = 1u << irq % 32;
    }
    /* The write that lowered the line must land before the return. */
    dsb();
}
