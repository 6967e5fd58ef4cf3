/*
 * Generic interrupt controller, version 2, and the core's virtual timer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gic.h"
#include "cpu.h"
#include "irq.h"
#include "timer.h"
#include "trace.h"

#define GICD 0x08000000
#define GICD_CTLR (GICD + 0x000)
#define GICD_ISENABLER(n) (GICD + 0x100 + (n) / 32 * 4)
#define GICD_ICENABLER(n) (GICD + 0x180 + (n) / 32 * 4)
#define GICD_IPRIORITYR(n) (GICD + 0x400 + (n))
#define GICD_ITARGETSR(n) (GICD + 0x800 + (n))

#define GICC 0x08010000
#define GICC_CTLR (GICC + 0x00)
#define GICC_PMR  (GICC + 0x04)
#define GICC_IAR  (GICC + 0x0c)
#define GICC_EOIR (GICC + 0x10)

#define FIRST_SPI   32
#define SPIS        256
#define NO_INTERRUPT 1020   /* and above */
#define TIMER       27      /* a PPI */

static void (*handlers[FIRST_SPI + SPIS])(void);
static uint32_t timer_ticks;

static void enable(unsigned id, void (*handler)(void))
{
    handlers[id] = handler;
    dmb();
    *(volatile uint8_t *)(uintptr_t)GICD_IPRIORITYR(id) = 0x80;
    *(volatile uint8_t *)(uintptr_t)GICD_ITARGETSR(id) = 1;
    REG32(GICD_ISENABLER(id)) = 1u << id % 32;
    REG32(GICD_CTLR) = 1;
    REG32(GICC_PMR) = 0xff;
    REG32(GICC_CTLR) = 1;
    dsb();
}

void irq_enable(unsigned irq, void (*handler)(void))
{
    enable(FIRST_SPI + irq, handler);
}

static void timer(void)
{
    timer_set(timer_ticks);
    tick_handler();
}

void tick_start(void)
{
    timer_ticks = timer_frequency() / 1000;
    timer_set(timer_ticks);
    enable(TIMER, timer);
}

void gic_dispatch(void)
{
    uint32_t iar = REG32(GICC_IAR), id = iar & 0x3ff;

    if (id >= NO_INTERRUPT) {
        return;
    }
    if (id < FIRST_SPI + SPIS && handlers[id]) {
        handlers[id]();
    } else {
        trace("unexpected interrupt %u, disabled\n", (unsigned)id);
        REG32(GICD_ICENABLER(id)) = 1u << id % 32;
    }
    /* The write that lowered the line must land before the end. */
    dsb();
    REG32(GICC_EOIR) = iar;
}
