/*
 * Interrupts, and a clock that ticks each millisecond
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef IRQ_H
#define IRQ_H

/*
 * @handler runs for the interrupt, which gets enabled. It is counted as in
 * the SoC XML: input of the NVIC, SPI of the GIC, source of the PLIC.
 */
void irq_enable(unsigned irq, void (*handler)(void));

/* tick_handler() is called each millisecond from now on. */
void tick_start(void);
void tick_handler(void);

#endif
