/*
 * What the clocks run at, as the boot chain on the Cortex-A7 has set them up
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

struct clocks {
    uint32_t core;          /* mcu_ck: core, AHB, SysTick */
    uint32_t apb1;
    uint32_t tim2;
    uint32_t usart3;
    uint32_t uart7;
};

/* Reads the RCC. A clock that it cannot tell is 0. */
void clock_read(struct clocks *clocks);

#endif
