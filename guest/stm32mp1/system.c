/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "system.h"
#include "chip.h"
#include "irq.h"
#include "startup.h"
#include "trace.h"
#include "uart.h"

#define SYST_CSR        0xe000e010
#define SYST_CSR_RUN    7               /* core clock, interrupt, enable */
#define SYST_RVR        0xe000e014
#define SYST_CVR        0xe000e018
#define SCB_VTOR        0xe000ed08
#define SCB_AIRCR       0xe000ed0c
#define AIRCR_GROUP4    0x05fa0300      /* 4 bits of priority, no subpriority */
#define SCB_SCR         0xe000ed10
#define SCR_SLEEPDEEP   (1u << 2)
#define SCB_CPACR       0xe000ed88
#define CPACR_FPU       (0xfu << 20)

#define PATIENCE_MS     100
/* Before there are ticks, and when they do not come: some seconds at most. */
#define PATIENCE_LOOPS  10000000u

static volatile uint32_t ticks;

void tick_handler(void)
{
    ticks++;
}

void system_init(void)
{
    unsigned n;

    REG32(SCB_CPACR) |= CPACR_FPU;
    dsb();
    isb();
    REG32(SCB_VTOR) = RETRAM;
    REG32(SCB_AIRCR) = AIRCR_GROUP4;
    for (n = 1; n <= 3; n++) {
        REG32(EXTI_C2IMR(n)) = 0;
        REG32(EXTI_C2EMR(n)) = 0;
    }
}

void system_start_ticks(uint32_t hz)
{
    REG32(SYST_RVR) = hz / 1000 - 1;
    REG32(SYST_CVR) = 0;
    REG32(SYST_CSR) = SYST_CSR_RUN;
}

uint32_t millis(void)
{
    return ticks;
}

void wait_for(uint32_t addr, uint32_t mask, uint32_t value, const char *what)
{
    uint32_t start = ticks;
    uint32_t loops = 0;

    while ((REG32(addr) & mask) != value) {
        if (ticks - start > PATIENCE_MS || loops++ > PATIENCE_LOOPS) {
            trace("ERROR: register %08x is %08x\n", (unsigned)addr,
                  (unsigned)REG32(addr));
            system_fail(what, mask);
        }
    }
}

void system_fail(const char *what, uint32_t value)
{
    trace("ERROR: %s (%08x)\n", what, (unsigned)value);
    for (;;) {
        wfi();      /* the consoles still get what they have not got yet */
    }
}

void system_sleep(const volatile uint32_t *flag)
{
    wfi_unless(flag, 0);
}

void system_stop(void)
{
    irq_save();
    REG32(PWR_MCUCR) &= ~PWR_MCUCR_PDDS;
    REG32(SCB_SCR) |= SCR_SLEEPDEEP;
    for (;;) {
        wfi();
    }
}
