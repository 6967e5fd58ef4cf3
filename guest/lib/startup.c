/*
 * From a stack to main()
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "startup.h"
#include "cpu.h"
#include "irq.h"

extern uint32_t __data_load[], __data_start[], __data_end[];
extern uint32_t __bss_start[], __bss_end[];

/* Weak: a firmware that wants ticks defines its own. */
__attribute__((weak)) void tick_handler(void)
{
}

/* Weak: a firmware with something to set up before main() defines its own. */
__attribute__((weak)) void board_init(void)
{
}

/* .data has a load copy, so that a reset without a reload starts afresh. */
void start_c(void)
{
    const uint32_t *load = __data_load;
    uint32_t *p;

    for (p = __data_start; p < __data_end; p++) {
        *p = *load++;
    }
    for (p = __bss_start; p < __bss_end; p++) {
        *p = 0;
    }
    board_init();
    main();
    for (;;) {
        wfi();
    }
}
