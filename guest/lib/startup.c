/*
 * Vector table and the way from reset to main()
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "startup.h"
#include "cortexm.h"
#include "fault.h"
#include "nvic.h"

extern uint32_t __stack_top[];
extern uint32_t __data_load[], __data_start[], __data_end[];
extern uint32_t __bss_start[], __bss_end[];

#define CORE_VECTORS 16

typedef void (*handler)(void);

struct vectors {
    uint32_t *stack;
    handler core[CORE_VECTORS - 1];
    handler irq[NVIC_IRQS];
};

/* Weak: a firmware that wants ticks defines its own. */
__attribute__((weak)) void systick_handler(void)
{
}

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
        systick_handler,    /* 15 SysTick */
    },
    .irq = { [0 ... NVIC_IRQS - 1] = nvic_dispatch },
};

/* .data has a load copy, so that a reset without a reload starts afresh. */
void reset_handler(void)
{
    const uint32_t *load = __data_load;
    uint32_t *p;

    for (p = __data_start; p < __data_end; p++) {
        *p = *load++;
    }
    for (p = __bss_start; p < __bss_end; p++) {
        *p = 0;
    }
    fault_enable();
    main();
    for (;;) {
        wfi();
    }
}
