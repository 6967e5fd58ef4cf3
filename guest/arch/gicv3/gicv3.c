/*
 * Version 3 of the GIC, where the board mps3-an536 has it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gic.h"
#include "cpu.h"

#define GICD 0xf0000000
#define GICD_CTLR (GICD + 0x000)
#define CTLR_ARE_GROUP1 0x12u
#define GICD_IROUTER(n) (GICD + 0x6000 + (n) * 8)

#define GICR 0xf0100000
#define GICR_WAKER (GICR + 0x14)
#define WAKER_SLEEP (1u << 1)
#define GICR_SGI (GICR + 0x10000)

/* The same in GICD for SPIs and in GICR_SGI for SGIs and PPIs */
#define IGROUPR(n) (0x080 + (n) / 32 * 4)
#define ISENABLER(n) (0x100 + (n) / 32 * 4)
#define ICENABLER(n) (0x180 + (n) / 32 * 4)
#define IPRIORITYR(n) (0x400 + (n))

static uintptr_t frame(unsigned id)
{
    return id < 32 ? GICR_SGI : GICD;
}

static void core_enable(void)
{
    __asm__ volatile("mcr p15, 0, %0, c12, c12, 5\n\t"      /* ICC_SRE */
                     "isb\n\t"
                     "mcr p15, 0, %1, c4, c6, 0\n\t"        /* ICC_PMR */
                     "mcr p15, 0, %2, c12, c12, 7\n\t"      /* ICC_IGRPEN1 */
                     "isb" :: "r"(7), "r"(0xff), "r"(1) : "memory");
}

void gic_enable(unsigned id)
{
    uintptr_t base = frame(id);

    REG32(GICR_WAKER) &= ~WAKER_SLEEP;
    REG32(GICD_CTLR) = CTLR_ARE_GROUP1;
    REG32(base + IGROUPR(id)) |= 1u << id % 32;
    *(volatile uint8_t *)(base + IPRIORITYR(id)) = 0x80;
    if (id >= 32) {
        REG32(GICD_IROUTER(id)) = 0;
        REG32(GICD_IROUTER(id) + 4) = 0;
    }
    REG32(base + ISENABLER(id)) = 1u << id % 32;
    core_enable();
}

void gic_disable(unsigned id)
{
    REG32(frame(id) + ICENABLER(id)) = 1u << id % 32;
}

uint32_t gic_claim(void)
{
    uint32_t id;

    __asm__ volatile("mrc p15, 0, %0, c12, c12, 0"      /* ICC_IAR1 */
                     : "=r"(id) :: "memory");
    return id;
}

void gic_end(uint32_t id)
{
    __asm__ volatile("mcr p15, 0, %0, c12, c12, 1"      /* ICC_EOIR1 */
                     :: "r"(id) : "memory");
}
