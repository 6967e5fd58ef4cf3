/*
 * The native IDM: take and ring are a register write each
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "transport.h"
#include "board.h"
#include "cpu.h"
#include "idm.h"
#include "irq.h"

#define CHANNEL     1u

static void (*rung)(void);
static unsigned expected;

static volatile uint32_t *peer_reg(unsigned peer, unsigned reg)
{
    return &REG32(BOARD_IDM + IDM_PEER(peer) + reg);
}

static void on_interrupt(void)
{
    *peer_reg(expected, IDM_RX_PEND) = CHANNEL;
    rung();
}

static void start(void (*handler)(void))
{
    uint32_t peers = REG32(BOARD_IDM + IDM_PEERS);
    unsigned i;

    rung = handler;
    for (i = 0; peers >> i; i++) {
        *peer_reg(i, IDM_RX_IE) = CHANNEL;
    }
    irq_enable(BOARD_IDM_IRQ, on_interrupt);
    REG32(BOARD_IDM + IDM_CTRL) = IDM_CTRL_IE;
}

/* One round trip at a time: who was rung last is who answers. */
static void ring(unsigned peer)
{
    expected = peer;
    *peer_reg(peer, IDM_TX_PEND) = CHANNEL;
}

const struct transport transport_idm = { .start = start, .ring = ring };
