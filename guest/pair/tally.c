/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tally.h"
#include "cpu.h"

#ifdef __arm__
_Static_assert(PAIR_TALLY_LENGTH == 5, "as many as there are here");

static void add_until(volatile uint32_t *counter, const volatile uint32_t *stop)
{
    uint32_t n = 0, seen;

    __asm__ volatile(".syntax unified\n"
                     "1: adds %0, %0, #1\n"
                     "   str  %0, [%2]\n"
                     "   ldr  %1, [%3]\n"
                     "   cmp  %1, #0\n"
                     "   beq  1b\n"
                     : "+l"(n), "=&l"(seen)
                     : "l"(counter), "l"(stop)
                     : "cc", "memory");
}

/* No instruction lies between the load and the breakpoint. */
static __attribute__((noinline, noclone)) void
load_and_come(const volatile uint32_t *counter)
{
    register uint32_t seen __asm__("r0");

    __asm__ volatile(".syntax unified\n"
                     ".global tally_seen\n"
                     "   ldr  %0, [%1]\n"
                     "tally_seen:\n"
                     "   nop\n"
                     : "=r"(seen)
                     : "r"(counter));
}

bool tally_count(volatile uint32_t *counter, const volatile uint32_t *stop)
{
    uintptr_t mask = irq_save();

    add_until(counter, stop);
    irq_restore(mask);
    return true;
}

bool tally_look(const volatile uint32_t *counter, const volatile uint32_t *stop,
                uint32_t pause)
{
    while (!*stop) {
        load_and_come(counter);
        for (volatile uint32_t i = 0; i < pause; i++) {
        }
    }
    return true;
}
#else
bool tally_count(volatile uint32_t *counter, const volatile uint32_t *stop)
{
    (void)counter;
    (void)stop;
    return false;
}

bool tally_look(const volatile uint32_t *counter, const volatile uint32_t *stop,
                uint32_t pause)
{
    (void)pause;
    return tally_count((volatile uint32_t *)counter, stop);
}
#endif
