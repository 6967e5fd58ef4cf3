/*
 * Stores a word as soon as the core runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bench.h"
#include "board.h"
#include "cpu.h"
#include "startup.h"

extern uint32_t __stack_top[];

struct vectors {
    uint32_t *stack;
    void (*reset)(void);
};

__attribute__((section(".vectors"), used))
static const struct vectors vectors = { __stack_top, reset_handler };

void reset_handler(void)
{
    volatile struct bench_block *bench =
        (volatile struct bench_block *)BOARD_RAM;

    bench->first_store = 1;
    for (;;) {
        wfi();
    }
}
