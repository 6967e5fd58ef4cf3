/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mailbox.h"
#include "chip.h"
#include "irq.h"
#include "system.h"
#include "trace.h"

#define ALL ((1u << CHANNEL_COUNT) - 1)

volatile uint32_t mailbox_news;
static uint32_t waiting;        /* to be notified once the channel is free */
static uint32_t all_channels;

/* Masked as long as its flag is not cleared, as ST's driver does it. */
static void rx_occupied(void)
{
    uint32_t seen = REG32(IPCC_C1TOC2SR) & ~REG32(IPCC_C2MR) & ALL;

    REG32(IPCC_C2MR) |= seen;
    mailbox_news |= seen;
    seen &= ~(1u << CHANNEL_SHUTDOWN);
    REG32(IPCC_C2SCR) |= seen;
    REG32(IPCC_C2MR) &= ~seen;
}

static void tx_free(void)
{
    uint32_t seen = ~REG32(IPCC_C2TOC1SR) & waiting;

    seen &= ~(REG32(IPCC_C2MR) >> IPCC_TX_SHIFT);
    REG32(IPCC_C2MR) |= seen << IPCC_TX_SHIFT;
    REG32(IPCC_C2SCR) |= seen << IPCC_TX_SHIFT;
    waiting &= ~seen;
}

void mailbox_init(void)
{
    uint32_t channels;

    REG32(RCC_MC_AHB3ENSETR) = AHB3_IPCC;
    channels = REG32(IPCC_HWCFGR) & 0xff;
    if (channels < CHANNEL_COUNT || channels > 16) {
        system_fail("IPCC: channels", channels);
    }
    all_channels = (1u << channels) - 1;
    REG32(IPCC_C2CR) = 0;
    REG32(IPCC_C2MR) = all_channels | all_channels << IPCC_TX_SHIFT;
    REG32(IPCC_C2SCR) = all_channels;
    REG32(IPCC_C2CR) |= IPCC_CR_RXOIE | IPCC_CR_TXFIE;
    irq_enable(IRQ_IPCC_RX1, rx_occupied);
    irq_enable(IRQ_IPCC_TX1, tx_free);
    REG32(IPCC_C2MR) &= ~ALL;
    trace("IPCC: %u channels\n", (unsigned)channels);
}

uint32_t mailbox_take(void)
{
    uint32_t mask = irq_save();
    uint32_t news = mailbox_news;

    mailbox_news = 0;
    irq_restore(mask);
    return news;
}

void mailbox_notify(enum channel channel)
{
    uint32_t bit = 1u << channel;
    uint32_t mask = irq_save();

    dmb();
    if (REG32(IPCC_C2TOC1SR) & bit) {
        waiting |= bit;
        REG32(IPCC_C2MR) &= ~(bit << IPCC_TX_SHIFT);
    } else {
        REG32(IPCC_C2SCR) |= bit << IPCC_TX_SHIFT;
    }
    irq_restore(mask);
}

void mailbox_shut_down(void)
{
    irq_save();
    REG32(IPCC_C2MR) = all_channels | all_channels << IPCC_TX_SHIFT;
    REG32(IPCC_C2CR) = 0;
    REG32(IPCC_C2SCR) = 1u << CHANNEL_SHUTDOWN;
}
