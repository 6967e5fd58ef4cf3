/*
 * TIM2: an interrupt each millisecond of its own clock
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TICKER_H
#define TICKER_H

#include <stdint.h>

/* @hz: the timer's clock */
void ticker_start(uint32_t hz);
uint32_t ticker_count(void);

#endif
