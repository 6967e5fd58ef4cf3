/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "clock.h"
#include "chip.h"
#include "system.h"

static uint32_t hsi(void)
{
    return HSI_HZ >> (REG32(RCC_HSICFGR) & 3);
}

static uint32_t pll3_source(void)
{
    switch (REG32(RCC_RCK3SELR) & 3) {
    case 0:
        return hsi();
    case 1:
        return HSE_HZ;
    case 2:
        return CSI_HZ;
    default:
        return 0;
    }
}

/* In floating point, as ST's HAL has it. */
static uint32_t pll3_p(void)
{
    uint32_t cfgr1 = REG32(RCC_PLL3CFGR1);
    uint32_t fracr = REG32(RCC_PLL3FRACR);
    float n = (float)((cfgr1 & 0x1ff) + 1);
    float m = (float)((cfgr1 >> 16 & 0x3f) + 1);
    float p = (float)((REG32(RCC_PLL3CFGR2) & 0x7f) + 1);

    if (fracr >> 16 & 1) {
        n += (float)(fracr >> 3 & 0x1fff) / 8192.0f;
    }
    return (uint32_t)((float)pll3_source() / m * n / p);
}

static uint32_t core(void)
{
    uint32_t hz;

    switch (REG32(RCC_MSSCKSELR) & 3) {
    case 0:
        hz = hsi();
        break;
    case 1:
        hz = HSE_HZ;
        break;
    case 2:
        hz = CSI_HZ;
        break;
    default:
        wait_for(RCC_PLL3CR, RCC_PLL_READY, RCC_PLL_READY, "PLL3 ready");
        hz = pll3_p();
        break;
    }
    wait_for(RCC_MCUDIVR, RCC_READY, RCC_READY, "MCU divider ready");
    return hz >> (REG32(RCC_MCUDIVR) & 0xf);
}

/* A timer runs at twice its bus, but not faster than the core. */
static uint32_t tim(uint32_t core_hz, uint32_t shift)
{
    if (REG32(RCC_TIMG1PRER) & 1) {
        return shift <= 2 ? core_hz : core_hz >> (shift - 2);
    }
    return shift <= 1 ? core_hz : core_hz >> (shift - 1);
}

static uint32_t uart(uint32_t selector, uint32_t apb1)
{
    switch (REG32(selector) & 7) {
    case 0:
        return apb1;
    case 2:
        return hsi();
    case 3:
        return CSI_HZ;
    case 4:
        return HSE_HZ;
    default:        /* PLL4, or none */
        return 0;
    }
}

void clock_read(struct clocks *clocks)
{
    uint32_t shift;

    wait_for(RCC_OCRDYR, RCC_OCRDYR_HSI, RCC_OCRDYR_HSI, "HSI ready");
    wait_for(RCC_OCRDYR, RCC_OCRDYR_HSE, RCC_OCRDYR_HSE, "HSE ready");
    wait_for(RCC_MSSCKSELR, RCC_READY, RCC_READY, "MCU clock selected");
    clocks->core = core();
    wait_for(RCC_APB1DIVR, RCC_READY, RCC_READY, "APB1 divider ready");
    shift = REG32(RCC_APB1DIVR) & 7;
    clocks->apb1 = clocks->core >> shift;
    clocks->tim2 = tim(clocks->core, shift);
    clocks->usart3 = uart(RCC_UART35CKSELR, clocks->apb1);
    clocks->uart7 = uart(RCC_UART78CKSELR, clocks->apb1);
}
