/*
 * Faults: a report in the trace, or, under guard, a result to look at
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * exception   Cortex-M: number (3 HardFault, 5 BusFault, ...)
 *             Cortex-A: vector (1 undefined, 3 prefetch, 4 data abort),
 *             64 bits: class of ESR; RISC-V: mcause
 * status      CFSR; DFSR or IFSR; ESR; 0
 * address     BFAR; DFAR or IFAR; FAR; mtval
 */
struct fault {
    uint32_t exception;     /* 0: none */
    uint32_t status;
    uintptr_t address;
    uintptr_t pc;
};

/*
 * Between begin and end one fault is recorded and the instruction that
 * caused it skipped (a fault of a fetch returns to the caller). Without a
 * guard a fault is reported in the trace and stops the core.
 */
void fault_guard_begin(void);
struct fault fault_guard_end(void);

/* The core stops for good. On a Cortex-M it is a lockup, which all can see. */
__attribute__((noreturn)) void fault_stop(void);

/*
 * For the architecture: where execution goes on. @caller is where it came
 * from if the fault was the fetch of a jump's target.
 */
uintptr_t fault_resume(const struct fault *fault, uintptr_t caller);

/* The architecture's: length of the instruction at @pc */
unsigned fault_insn_size(uintptr_t pc);

#endif
