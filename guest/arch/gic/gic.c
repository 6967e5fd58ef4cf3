/*
 * Generic interrupt controller, and the core's virtual timer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gic.h"
#include "cpu.h"
#include "irq.h"
#include "timer.h"
#include "trace.h"

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
    gic_enable(id);
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
    uint32_t id = gic_claim();

    if (id >= NO_INTERRUPT) {
        return;
    }
    if (id < FIRST_SPI + SPIS && handlers[id]) {
        handlers[id]();
    } else {
        trace("unexpected interrupt %u, disabled\n", (unsigned)id);
        gic_disable(id);
    }
    /* The write that lowered the line must land before the end. */
    dsb();
    gic_end(id);
}
