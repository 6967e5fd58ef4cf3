/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ticker.h"
#include "chip.h"
#include "irq.h"
#include "system.h"
#include "trace.h"

#define COUNTER_HZ 1000000u
#define PERIOD 1000u

static volatile uint32_t count;

static void on_tim2(void)
{
    if (REG32(TIM2 + TIM_SR) & TIM_UI) {
        REG32(TIM2 + TIM_SR) = ~TIM_UI;
        count++;
    }
}

void ticker_start(uint32_t hz)
{
    uint32_t prescaler = hz / COUNTER_HZ;

    if (!prescaler || prescaler > 0x10000) {
        system_fail("TIM2: clock", hz);
    }
    REG32(RCC_MC_APB1ENSETR) = APB1_TIM2;
    REG16(TIM2 + TIM_CR1) = 0;
    REG32(TIM2 + TIM_ARR) = PERIOD - 1;
    REG16(TIM2 + TIM_PSC) = (uint16_t)(prescaler - 1);
    REG32(TIM2 + TIM_EGR) = TIM_UI;
    wait_for(TIM2 + TIM_SR, TIM_UI, TIM_UI, "TIM2: update");
    REG32(TIM2 + TIM_SR) = ~TIM_UI;
    REG32(TIM2 + TIM_DIER) = TIM_UI;
    irq_enable(IRQ_TIM2, on_tim2);
    REG16(TIM2 + TIM_CR1) |= TIM_CR1_CEN;
    trace("TIM2: %u Hz, prescaler %u, period %u\n", (unsigned)hz,
          (unsigned)prescaler, PERIOD);
}

uint32_t ticker_count(void)
{
    return count;
}
