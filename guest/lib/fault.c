/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fault.h"
#include "cortexm.h"
#include "trace.h"

#define SCB_SHCSR 0xe000ed24
#define SHCSR_FAULTS_ENA (7u << 16)
#define SCB_CFSR  0xe000ed28
#define CFSR_FETCH 0x101u       /* IACCVIOL, IBUSERR */
#define SCB_HFSR  0xe000ed2c
#define SCB_BFAR  0xe000ed38

enum { R0, R1, R2, R3, R12, LR, PC, XPSR };

static volatile bool guarded;
static volatile struct fault guard;

void fault_entry(uint32_t *frame);

void fault_enable(void)
{
    REG32(SCB_SHCSR) |= SHCSR_FAULTS_ENA;
    dsb();
    isb();
}

void fault_guard_begin(void)
{
    guard = (struct fault){ 0 };
    guarded = true;
    dsb();
}

struct fault fault_guard_end(void)
{
    dsb();
    guarded = false;
    return guard;
}

__attribute__((naked)) void fault_handler(void)
{
    __asm__ volatile("tst lr, #4\n\t"
                     "ite eq\n\t"
                     "mrseq r0, msp\n\t"
                     "mrsne r0, psp\n\t"
                     "b fault_entry");
}

void fault_lockup(void)
{
    REG32(SCB_SHCSR) &= ~SHCSR_FAULTS_ENA;
    dsb();
    for (;;) {
        __asm__ volatile("udf #0");
    }
}

static uint32_t exception_number(void)
{
    uint32_t ipsr;

    __asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
    return ipsr;
}

static void record(uint32_t *frame, uint32_t cfsr)
{
    guard.exception = exception_number();
    guard.cfsr = cfsr;
    guard.hfsr = REG32(SCB_HFSR);
    guard.bfar = REG32(SCB_BFAR);
    guard.pc = frame[PC];
}

static void skip(uint32_t *frame, uint32_t cfsr)
{
    uint16_t insn;

    if (cfsr & CFSR_FETCH) {
        frame[PC] = frame[LR] & ~1u;
        return;
    }
    /* Thumb-2: 0b11101, 0b11110 and 0b11111 start a 32-bit instruction */
    insn = *(const uint16_t *)(uintptr_t)frame[PC];
    frame[PC] += insn >= 0xe800 ? 4 : 2;
}

static void report(const uint32_t *frame, uint32_t cfsr)
{
    trace("exception %u: pc %08x lr %08x r0 %08x r1 %08x\n",
          (unsigned)exception_number(), (unsigned)frame[PC],
          (unsigned)frame[LR], (unsigned)frame[R0], (unsigned)frame[R1]);
    trace("cfsr %08x hfsr %08x bfar %08x\n", (unsigned)cfsr,
          (unsigned)REG32(SCB_HFSR), (unsigned)REG32(SCB_BFAR));
}

__attribute__((used)) void fault_entry(uint32_t *frame)
{
    uint32_t cfsr = REG32(SCB_CFSR);

    if (guarded && !guard.exception) {
        record(frame, cfsr);
        skip(frame, cfsr);
        REG32(SCB_CFSR) = cfsr;
        REG32(SCB_HFSR) = guard.hfsr;
        return;
    }
    report(frame, cfsr);
    fault_lockup();
}
