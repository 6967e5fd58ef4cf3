/*
 * SysTick, at the core's clock
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSTICK_H
#define SYSTICK_H

#include "cpu.h"

#define SYST_CSR        0xe000e010
#define SYST_CSR_ENABLE 5
#define SYST_CSR_TICK   7           /* interrupts as well */
#define SYST_RVR        0xe000e014
#define SYST_CVR        0xe000e018  /* counts down */

/* Begins anew. */
static inline void systick_start(uint32_t cycles, uint32_t csr)
{
    REG32(SYST_RVR) = cycles - 1;
    REG32(SYST_CVR) = 0;
    REG32(SYST_CSR) = csr;
}

#endif
