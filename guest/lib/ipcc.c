/*
 * STM32MP1 inter-processor communication controller, seen by processor 2
 * (RM0436 "IPCC"). A channel has a flag for each direction: the sender sets
 * it (occupied), the receiver clears it (free).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbox.h"
#include "cpu.h"
#include "irq.h"

#define IPCC_BASE       0x4c001000
#define IPCC_C1TOC2SR   (IPCC_BASE + 0x0c)
#define IPCC_C2CR       (IPCC_BASE + 0x10)
#define IPCC_C2MR       (IPCC_BASE + 0x14)
#define IPCC_C2SCR      (IPCC_BASE + 0x18)
#define IPCC_C2TOC1SR   (IPCC_BASE + 0x1c)

#define CR_RXOIE        (1u << 0)
#define CR_TXFIE        (1u << 16)
#define RX_MASK         0x0000ffffu     /* MR: occupied; SCR: clear */
#define TX_SHIFT        16              /* MR: free; SCR: set */

#define IRQ_RX_OCCUPIED 103
#define IRQ_TX_FREE     104

static uint32_t manual_channels;
static uint32_t to_ring;            /* waits for processor 1 */

static void rx_occupied(void)
{
    uint32_t seen = REG32(IPCC_C1TOC2SR) & ~REG32(IPCC_C2MR) & RX_MASK;

    REG32(IPCC_C2MR) |= seen & manual_channels;
    REG32(IPCC_C2SCR) = seen & ~manual_channels;
    mbox_seen(seen);
}

static void tx_free(void)
{
    uint32_t mask = REG32(IPCC_C2MR);
    uint32_t seen = ~REG32(IPCC_C2TOC1SR) & ~(mask >> TX_SHIFT) & to_ring;

    REG32(IPCC_C2MR) = mask | ~to_ring << TX_SHIFT | seen << TX_SHIFT;
    REG32(IPCC_C2SCR) = seen << TX_SHIFT;
    to_ring &= ~seen;
}

void mbox_init(uint32_t channels, uint32_t manual)
{
    manual_channels = manual;
    REG32(IPCC_C2MR) = 0xffffffff;
    REG32(IPCC_C2SCR) = RX_MASK;
    REG32(IPCC_C2CR) = CR_RXOIE | CR_TXFIE;
    irq_enable(IRQ_RX_OCCUPIED, rx_occupied);
    irq_enable(IRQ_TX_FREE, tx_free);
    REG32(IPCC_C2MR) = ~(channels & RX_MASK);
}

/*
 * Setting a flag that is still set would be lost: processor 1 may have
 * looked at the ring already and be about to free the channel.
 */
void mbox_ring(unsigned channel)
{
    uint32_t bit = 1u << channel;
    uintptr_t mask = irq_save();

    dmb();
    if (REG32(IPCC_C2TOC1SR) & bit) {
        to_ring |= bit;
        REG32(IPCC_C2MR) &= ~(bit << TX_SHIFT);
    } else {
        REG32(IPCC_C2SCR) = bit << TX_SHIFT;
    }
    irq_restore(mask);
}

void mbox_shut_down(unsigned channel)
{
    irq_save();
    REG32(IPCC_C2MR) = 0xffffffff;
    REG32(IPCC_C2CR) = 0;
    REG32(IPCC_C2SCR) = 1u << channel;
    for (;;) {
        wfi();
    }
}
