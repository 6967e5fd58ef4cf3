/*
 * Vector table and reset
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "startup.h"
#include "fault-entry.h"
#include "irq.h"
#include "nvic.h"
#include <stdint.h>

extern uint32_t __stack_top[];

#define CORE_VECTORS 16

typedef void (*handler)(void);

struct vectors {
    uint32_t *stack;
    handler core[CORE_VECTORS - 1];
    handler irq[NVIC_IRQS];
};

__attribute__((section(".vectors"), used))
static const struct vectors vectors = {
    .stack = __stack_top,
    .core = {
        reset_handler,      /* 1 reset */
        fault_handler,      /* 2 NMI */
        fault_handler,      /* 3 HardFault */
        fault_handler,      /* 4 MemManage */
        fault_handler,      /* 5 BusFault */
        fault_handler,      /* 6 UsageFault */
        fault_handler,      /* 7 SecureFault (ARMv8-M) */
        fault_handler,
        fault_handler,
        fault_handler,
        fault_handler,      /* 11 SVCall */
        fault_handler,      /* 12 DebugMonitor */
        fault_handler,
        fault_handler,      /* 14 PendSV */
        tick_handler,       /* 15 SysTick */
    },
    .irq = { [0 ... NVIC_IRQS - 1] = nvic_dispatch },
};

void reset_handler(void)
{
    fault_enable();
    start_c();
}
