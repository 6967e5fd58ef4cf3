/*
 * Nested vectored interrupt controller, and SysTick as a slow clock
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NVIC_H
#define NVIC_H

#include <stdint.h>

#define NVIC_IRQS 150

/* @handler runs for external interrupt @irq, which gets enabled. */
void nvic_enable(unsigned irq, void (*handler)(void));

/* systick_handler() is called each @cycles core clocks (24 bits). */
void systick_start(uint32_t cycles);

void nvic_dispatch(void);

#endif
