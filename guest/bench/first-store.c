/*
 * Stores a word as soon as the core runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "transport.h"
#include "cortexm.h"
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
    bench->first_store = 1;
    for (;;) {
        wfi();
    }
}
