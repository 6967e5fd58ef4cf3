/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "doorbell.h"
#include "cortexm.h"
#include "idm.h"
#include "nvic.h"

#define IDM_BASE    0x50000000
#define IDM_NVIC    40
#define MAX_PEERS   16

#define IDM_EVENTS  (IDM_EV_CRASH | IDM_EV_LOST | IDM_EV_UP)

static const struct doorbell_handlers *handlers;
static uint32_t known;

static volatile uint32_t *peer_reg(unsigned peer, unsigned reg)
{
    return &REG32(IDM_BASE + IDM_PEER(peer) + reg);
}

/* Taken before it is read: what is rung in between interrupts again. */
static void take(unsigned peer, unsigned channel)
{
    uint32_t word;

    *peer_reg(peer, IDM_RX_PEND) = 1u << channel;
    dmb();
    *peer_reg(peer, IDM_RX_CHAN) = channel;
    word = *peer_reg(peer, IDM_RX_DATA(0));
    handlers->rung(peer, channel, word);
}

static void look_at(unsigned peer)
{
    uint32_t rung = *peer_reg(peer, IDM_RX_STAT);
    uint32_t events = *peer_reg(peer, IDM_EV);
    unsigned i;

    for (i = 0; i < DOORBELL_CHANNELS; i++) {
        if (rung >> i & 1) {
            take(peer, i);
        }
    }
    if (events) {
        *peer_reg(peer, IDM_EV) = events;
        handlers->event(peer, events);
    }
}

static void on_interrupt(void)
{
    uint32_t peers = REG32(IDM_BASE + IDM_IRQ);
    unsigned i;

    for (i = 0; i < MAX_PEERS; i++) {
        if (peers >> i & 1) {
            look_at(i);
        }
    }
}

void doorbell_init(const struct doorbell_handlers *h)
{
    handlers = h;
    nvic_enable(IDM_NVIC, on_interrupt);
    doorbell_look_for_peers();
    REG32(IDM_BASE + IDM_CTRL) = IDM_CTRL_IE;
}

void doorbell_look_for_peers(void)
{
    uint32_t peers = REG32(IDM_BASE + IDM_PEERS) & ~known;
    unsigned i;

    for (i = 0; i < MAX_PEERS; i++) {
        if (peers >> i & 1) {
            *peer_reg(i, IDM_TX_IE) = 0;
            *peer_reg(i, IDM_RX_IE) = 0xffffffff;
            *peer_reg(i, IDM_EV_IE) = IDM_EVENTS;
        }
    }
    known |= peers;
}

void doorbell_ring(unsigned peer, unsigned channel, uint32_t word)
{
    uint32_t mask = irq_save();

    *peer_reg(peer, IDM_TX_CHAN) = channel;
    *peer_reg(peer, IDM_TX_DATA(0)) = word;
    dmb();
    *peer_reg(peer, IDM_TX_PEND) = 1u << channel;
    irq_restore(mask);
}

void doorbell_listen(unsigned peer, uint32_t channels)
{
    *peer_reg(peer, IDM_RX_IE) = channels;
}

void doorbell_release(unsigned peer)
{
    *peer_reg(peer, IDM_BOOT) = 1;
}

void doorbell_hold(unsigned peer)
{
    *peer_reg(peer, IDM_RESET) = 1;
}

uint32_t doorbell_status(unsigned peer)
{
    return *peer_reg(peer, IDM_STATUS);
}

uint32_t doorbell_boots(unsigned peer)
{
    return *peer_reg(peer, IDM_BOOTS);
}
