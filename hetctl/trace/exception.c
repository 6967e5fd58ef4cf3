/*
 * What an exception is called, by its number in a record
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "trace/exception.h"

/* As include/hw/het/recorder.h has it */
#define ARM_M 1
#define ARM_A 2
#define RISCV 3
#define FLAG 0x80000000u        /* M: chained, RISC-V: an interrupt */
#define M_FIRST_INTERRUPT 16

static const char *const arm_m[] = {
    [0] = "thread mode", [1] = "reset", [2] = "NMI", [3] = "HardFault",
    [4] = "MemManage fault", [5] = "BusFault", [6] = "UsageFault",
    [7] = "SecureFault", [11] = "SVC", [12] = "DebugMonitor",
    [14] = "PendSV", [15] = "SysTick",
};

static const char *const arm_a[] = {
    [1] = "undefined instruction", [2] = "SVC", [3] = "prefetch abort",
    [4] = "data abort", [5] = "IRQ", [6] = "FIQ", [7] = "breakpoint",
    [11] = "HVC", [12] = "trap to EL2", [13] = "SMC", [14] = "virtual IRQ",
    [15] = "virtual FIQ", [24] = "virtual SError", [26] = "NMI",
};

static const char *const riscv[] = {
    [0] = "misaligned fetch", [1] = "access fault of a fetch",
    [2] = "illegal instruction", [3] = "breakpoint",
    [4] = "misaligned load", [5] = "access fault of a load",
    [6] = "misaligned store", [7] = "access fault of a store",
    [8] = "ecall of U mode", [9] = "ecall of S mode",
    [11] = "ecall of M mode", [12] = "page fault of a fetch",
    [13] = "page fault of a load", [15] = "page fault of a store",
};

static const char *const riscv_interrupts[] = {
    [1] = "software interrupt, S mode", [3] = "software interrupt",
    [5] = "timer interrupt, S mode", [7] = "timer interrupt",
    [9] = "external interrupt, S mode", [11] = "external interrupt",
};

static guint32 architecture(guint64 code)
{
    return code >> 32;
}

static char *pick(const char *const *names, gsize count, guint32 number)
{
    return number < count && names[number]
           ? g_strdup(names[number])
           : g_strdup_printf("exception %u", number);
}

char *het_exception_name(guint64 code)
{
    guint32 number = (guint32)code & ~FLAG;

    switch (architecture(code)) {
    case ARM_M:
        return number >= M_FIRST_INTERRUPT
               ? g_strdup_printf("interrupt %u", number - M_FIRST_INTERRUPT)
               : pick(arm_m, G_N_ELEMENTS(arm_m), number);
    case ARM_A:
        return pick(arm_a, G_N_ELEMENTS(arm_a), number);
    case RISCV:
        return code & FLAG
               ? pick(riscv_interrupts, G_N_ELEMENTS(riscv_interrupts),
                      number)
               : pick(riscv, G_N_ELEMENTS(riscv), number);
    default:
        return g_strdup_printf("exception %u", number);
    }
}

gboolean het_exception_is_interrupt(guint64 code)
{
    guint32 number = (guint32)code & ~FLAG;

    switch (architecture(code)) {
    case ARM_M:
        return number >= M_FIRST_INTERRUPT;
    case ARM_A:
        return number == 5 || number == 6 || number == 14 || number == 15;
    case RISCV:
        return (code & FLAG) != 0;
    default:
        return FALSE;
    }
}

gboolean het_exception_is_nested(guint64 code, guint *number)
{
    *number = (guint32)code & ~FLAG;
    return architecture(code) == ARM_M;
}

gboolean het_exception_is_chained(guint64 code)
{
    return architecture(code) == ARM_M && (code & FLAG);
}
