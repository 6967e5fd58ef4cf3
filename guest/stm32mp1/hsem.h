/*
 * Hardware semaphores: what both processors set up is locked by them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HSEM_H
#define HSEM_H

/* As ST's software and Linux have it */
#define HSEM_GPIO 0
#define HSEM_EXTI 1

void hsem_init(void);

/* One step, by reading. Who waits too long gives up: system_fail(). */
void hsem_take(unsigned n);
void hsem_release(unsigned n);

/* How often this firmware has taken one */
unsigned hsem_count(void);

#endif
