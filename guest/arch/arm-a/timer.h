/*
 * The virtual timer of the core
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TIMER_H
#define TIMER_H

#include <stdint.h>

static inline uint32_t timer_frequency(void)
{
    uint32_t hz;

    __asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(hz));
    return hz;
}

/* Interrupts in @ticks. */
static inline void timer_set(uint32_t ticks)
{
    __asm__ volatile("mcr p15, 0, %0, c14, c3, 0\n\t"
                     "mcr p15, 0, %1, c14, c3, 1\n\t"
                     "isb" :: "r"(ticks), "r"(1) : "memory");
}

#endif
