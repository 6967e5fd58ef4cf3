/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fault.h"

#define ESR_CLASS(esr) ((esr) >> 26 & 0x3f)

enum { X30 = 19, ELR = 20 };

void fault_entry(uint64_t *frame);

unsigned fault_insn_size(uintptr_t pc)
{
    (void)pc;
    return 4;
}

void fault_entry(uint64_t *frame)
{
    struct fault fault = { .pc = frame[ELR] };
    uint64_t esr;

    __asm__ volatile("mrs %0, esr_el1" : "=r"(esr));
    __asm__ volatile("mrs %0, far_el1" : "=r"(fault.address));
    fault.status = (uint32_t)esr;
    fault.exception = ESR_CLASS(fault.status);
    frame[ELR] = fault_resume(&fault, frame[X30]);
}
