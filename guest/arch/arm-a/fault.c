/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fault.h"

#define CPSR_T (1u << 5)

enum { UNDEFINED = 1, PREFETCH_ABORT = 3, DATA_ABORT = 4 };
enum { R0, R1, R2, R3, R12, LR, PC, CPSR };

void fault_entry(uint32_t exception, uint32_t *frame);

unsigned fault_insn_size(uintptr_t pc)
{
    (void)pc;
    return 4;
}

void fault_entry(uint32_t exception, uint32_t *frame)
{
    struct fault fault = { .exception = exception, .pc = frame[PC] };

    if (exception == DATA_ABORT) {
        __asm__ volatile("mrc p15, 0, %0, c5, c0, 0" : "=r"(fault.status));
        __asm__ volatile("mrc p15, 0, %0, c6, c0, 0" : "=r"(fault.address));
    } else if (exception == PREFETCH_ABORT) {
        __asm__ volatile("mrc p15, 0, %0, c5, c0, 1" : "=r"(fault.status));
        __asm__ volatile("mrc p15, 0, %0, c6, c0, 2" : "=r"(fault.address));
    }
    frame[PC] = fault_resume(&fault, frame[LR]);
    frame[CPSR] &= ~CPSR_T;     /* all of this is Arm code */
}
