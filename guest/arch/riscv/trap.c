/*
 * Traps: faults go to fault.c of lib/, interrupts to the PLIC or the tick
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fault.h"
#include "plic.h"

#define INTERRUPT   (~(~(uintptr_t)0 >> 1))
#define MACHINE_TIMER       (INTERRUPT | 7)
#define MACHINE_EXTERNAL    (INTERRUPT | 11)

enum { RA, MEPC };

void trap_entry(uintptr_t mcause, uintptr_t *frame);

/* Instructions of more than 16 bits end in 0b11. */
unsigned fault_insn_size(uintptr_t pc)
{
    return (*(const uint16_t *)pc & 3) == 3 ? 4 : 2;
}

void trap_entry(uintptr_t mcause, uintptr_t *frame)
{
    struct fault fault = { .exception = (uint32_t)mcause, .pc = frame[MEPC] };

    switch (mcause) {
    case MACHINE_TIMER:
        plic_tick();
        return;
    case MACHINE_EXTERNAL:
        plic_dispatch();
        return;
    default:
        __asm__ volatile("csrr %0, mtval" : "=r"(fault.address));
        frame[MEPC] = fault_resume(&fault, frame[RA]);
        return;
    }
}
