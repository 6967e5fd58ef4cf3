/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "work.h"
#include "bench.h"

/* Naked: what is counted is all that is there. */
__attribute__((naked, noinline))
static uint32_t straight(uint32_t rounds, volatile uint32_t *word)
{
    __asm__ volatile("push {r4, lr}\n\t"
                     "movs r2, #0\n\t"
                     "movs r3, #1\n\t"
                     "0:\n\t"
                     "ldr r4, [r1]\n\t"
                     "adds r2, r2, r4\n\t"
                     "eors r3, r2\n\t"
                     "lsls r4, r3, #3\n\t"
                     "adds r2, r2, r4\n\t"
                     "lsrs r4, r2, #7\n\t"
                     "eors r2, r4\n\t"
                     "muls r4, r3\n\t"
                     "str r4, [r1]\n\t"
                     "adds r3, #5\n\t"
                     "ands r4, r2\n\t"
                     "orrs r3, r4\n\t"
                     "subs r2, r2, r3\n\t"
                     "adds r2, r2, r0\n\t"
                     "subs r0, #1\n\t"
                     "bne 0b\n\t"
                     "movs r0, r2\n\t"
                     "pop {r4, pc}");
    (void)rounds;
    (void)word;
}

__attribute__((naked, noinline))
static uint32_t calls(uint32_t rounds)
{
    __asm__ volatile("push {r4, lr}\n\t"
                     "movs r2, #0\n\t"
                     "movs r3, #1\n\t"
                     "0:\n\t"
                     "bl 1f\n\t"
                     "subs r0, #1\n\t"
                     "bne 0b\n\t"
                     "movs r0, r2\n\t"
                     "pop {r4, pc}\n\t"
                     "1:\n\t"
                     "adds r2, r2, r3\n\t"
                     "eors r3, r2\n\t"
                     "lsrs r4, r2, #7\n\t"
                     "adds r3, r3, r4\n\t"
                     "bx lr");
    (void)rounds;
}

uint32_t loop_straight(uint32_t count)
{
    volatile uint32_t word = 1;

    return straight(count * BENCH_ROUNDS, &word);
}

uint32_t loop_calls(uint32_t count)
{
    return calls(count * BENCH_ROUNDS);
}
