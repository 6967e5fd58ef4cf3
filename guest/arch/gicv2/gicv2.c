/*
 * Version 2 of the GIC, where Arm's `virt` has it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gic.h"
#include "cpu.h"

#define GICD 0x08000000
#define GICD_CTLR (GICD + 0x000)
#define GICD_ISENABLER(n) (GICD + 0x100 + (n) / 32 * 4)
#define GICD_ICENABLER(n) (GICD + 0x180 + (n) / 32 * 4)
#define GICD_IPRIORITYR(n) (GICD + 0x400 + (n))
#define GICD_ITARGETSR(n) (GICD + 0x800 + (n))

#define GICC 0x08010000
#define GICC_CTLR (GICC + 0x00)
#define GICC_PMR  (GICC + 0x04)
#define GICC_IAR  (GICC + 0x0c)
#define GICC_EOIR (GICC + 0x10)

void gic_enable(unsigned id)
{
    *(volatile uint8_t *)(uintptr_t)GICD_IPRIORITYR(id) = 0x80;
    *(volatile uint8_t *)(uintptr_t)GICD_ITARGETSR(id) = 1;
    REG32(GICD_ISENABLER(id)) = 1u << id % 32;
    REG32(GICD_CTLR) = 1;
    REG32(GICC_PMR) = 0xff;
    REG32(GICC_CTLR) = 1;
}

void gic_disable(unsigned id)
{
    REG32(GICD_ICENABLER(id)) = 1u << id % 32;
}

/* With one core nothing but the number is in the register. */
uint32_t gic_claim(void)
{
    return REG32(GICC_IAR);
}

void gic_end(uint32_t id)
{
    REG32(GICC_EOIR) = id;
}
