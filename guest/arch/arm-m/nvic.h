/*
 * Nested vectored interrupt controller
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NVIC_H
#define NVIC_H

#define NVIC_IRQS 150

void nvic_dispatch(void);

#endif
