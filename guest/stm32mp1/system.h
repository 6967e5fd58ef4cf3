/*
 * Core of the firmware: start-up, time, waiting for hardware, the end
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

/* The first thing that main() does: FPU, vector table, interrupts off. */
void system_init(void);

/* SysTick: a tick each millisecond of a core clock of @hz. */
void system_start_ticks(uint32_t hz);
uint32_t millis(void);

/*
 * Polls a register until its bits in @mask are @value. Hardware that does not
 * come is the end: system_fail().
 */
void wait_for(uint32_t addr, uint32_t mask, uint32_t value,
              const char *what);

/* Says why in the log, and does nothing any more. */
__attribute__((noreturn)) void system_fail(const char *what, uint32_t value);

/* Sleeps until the next interrupt, unless *@flag is set already. */
void system_sleep(const volatile uint32_t *flag);

/* Stop mode: only a reset gets the core out of it. */
__attribute__((noreturn)) void system_stop(void);

#endif
