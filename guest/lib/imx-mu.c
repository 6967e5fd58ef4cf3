/*
 * Messaging unit of NXP's i.MX, seen by the Cortex-M (IMX8MMRM "Messaging
 * Unit"), as Linux' imx_rproc uses it: word 1 of each direction, which says
 * in its upper half what channel is rung.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbox.h"
#include "cpu.h"
#include "irq.h"

#define MU_BASE     0x30ab0000
#define MU_IRQ      97

#define WORD        1
#define MU_TR       (MU_BASE + 0x00 + 4 * WORD)
#define MU_RR       (MU_BASE + 0x10 + 4 * WORD)
#define MU_SR       (MU_BASE + 0x20)
#define MU_CR       (MU_BASE + 0x24)

/* In SR: full, empty; in CR: interrupt as long as */
#define RECEIVE     (1u << (27 - WORD))
#define TRANSMIT    (1u << (23 - WORD))

#define CHANNEL_SHIFT 16

static uint32_t to_ring;            /* waits for Linux to read the last word */

static void send(void)
{
    unsigned channel = (unsigned)__builtin_ctz(to_ring);

    to_ring &= to_ring - 1;
    REG32(MU_TR) = channel << CHANNEL_SHIFT;
}

static void interrupt(void)
{
    uint32_t status = REG32(MU_SR);

    if (status & RECEIVE) {
        mbox_seen(1u << (REG32(MU_RR) >> CHANNEL_SHIFT & 31));
    }
    if (status & TRANSMIT && to_ring) {
        send();
    }
    REG32(MU_CR) = RECEIVE | (to_ring ? TRANSMIT : 0);
}

void mbox_init(uint32_t channels, uint32_t manual)
{
    (void)channels;
    (void)manual;
    irq_enable(MU_IRQ, interrupt);
    REG32(MU_CR) = RECEIVE;
}

/* A word that is written over one that Linux has not read yet is lost. */
void mbox_ring(unsigned channel)
{
    uintptr_t mask = irq_save();

    dmb();
    to_ring |= 1u << channel;
    if (REG32(MU_SR) & TRANSMIT) {
        send();
    }
    REG32(MU_CR) = RECEIVE | (to_ring ? TRANSMIT : 0);
    irq_restore(mask);
}

void mbox_shut_down(unsigned channel)
{
    (void)channel;
    irq_save();
    REG32(MU_CR) = 0;
    for (;;) {
        wfi();
    }
}
