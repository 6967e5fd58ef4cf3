/*
 * Faults: a report in the trace, or, under guard, a result to look at
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>
#include <stdint.h>

struct fault {
    uint32_t exception;     /* 0: none; 3 HardFault, 5 BusFault, ... */
    uint32_t cfsr;
    uint32_t hfsr;
    uint32_t bfar;
    uint32_t pc;
};

/* MemManage, BusFault and UsageFault get their own exceptions. */
void fault_enable(void);

/*
 * Between begin and end one fault is recorded and the instruction that
 * caused it skipped (a fault of a fetch returns to the caller). Without a
 * guard a fault is reported in the trace and the core goes into lockup.
 */
void fault_guard_begin(void);
struct fault fault_guard_end(void);

/*
 * A fault inside the HardFault handler: the core stops for good, and the
 * platform sees it. From thread mode this raises HardFault first.
 */
__attribute__((noreturn)) void fault_lockup(void);

void fault_handler(void);

#endif
