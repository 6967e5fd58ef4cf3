/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fault.h"
#include "cpu.h"
#include "fault-entry.h"

/* ARMv6-M has HardFault only, and no registers that say why. */
#define HAS_FAULT_REGISTERS (__ARM_ARCH >= 7)

#define SCB_SHCSR 0xe000ed24
#define SHCSR_FAULTS_ENA (7u << 16)
#define SCB_CFSR  0xe000ed28
#define SCB_HFSR  0xe000ed2c
#define SCB_BFAR  0xe000ed38

enum { R0, R1, R2, R3, R12, LR, PC, XPSR };

void fault_entry(uint32_t *frame);

void fault_enable(void)
{
#if HAS_FAULT_REGISTERS
    REG32(SCB_SHCSR) |= SHCSR_FAULTS_ENA;
    dsb();
    isb();
#endif
}

/* There is one stack: the frame lies at its top. */
__attribute__((naked)) void fault_handler(void)
{
    __asm__ volatile("mrs r0, msp\n\t"
                     "ldr r1, 1f\n\t"
                     "bx r1\n\t"
                     ".balign 4\n"
                     "1:\n\t"
                     ".word fault_entry");
}

/* Inside HardFault a fault is a lockup, from thread mode HardFault first. */
void fault_stop(void)
{
#if HAS_FAULT_REGISTERS
    REG32(SCB_SHCSR) &= ~SHCSR_FAULTS_ENA;
    dsb();
#endif
    for (;;) {
        __asm__ volatile("udf #0");
    }
}

/* Thumb-2: 0b11101, 0b11110 and 0b11111 start a 32-bit instruction */
unsigned fault_insn_size(uintptr_t pc)
{
    return *(const uint16_t *)pc >= 0xe800 ? 4 : 2;
}

__attribute__((used)) void fault_entry(uint32_t *frame)
{
    struct fault fault = { .pc = frame[PC] };

    __asm__ volatile("mrs %0, ipsr" : "=r"(fault.exception));
#if HAS_FAULT_REGISTERS
    fault.status = REG32(SCB_CFSR);
    fault.address = REG32(SCB_BFAR);
#endif
    frame[PC] = fault_resume(&fault, frame[LR] & ~1u);
#if HAS_FAULT_REGISTERS
    REG32(SCB_CFSR) = fault.status;
    REG32(SCB_HFSR) = REG32(SCB_HFSR);
#endif
}
