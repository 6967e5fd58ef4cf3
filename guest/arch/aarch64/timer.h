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
    uint64_t hz;

    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
    return (uint32_t)hz;
}

/* Interrupts in @ticks. */
static inline void timer_set(uint32_t ticks)
{
    __asm__ volatile("msr cntv_tval_el0, %0\n\t"
                     "msr cntv_ctl_el0, %1\n\t"
                     "isb" :: "r"((uint64_t)ticks), "r"(1ull) : "memory");
}

#endif
