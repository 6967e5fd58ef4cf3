/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "doorbell.h"
#include "board.h"
#include "cpu.h"
#include "idm.h"
#include "irq.h"

#define IDM_BASE    BOARD_IDM

#define NAME_SIZE   16

#define IDM_EVENTS  (IDM_EV_CRASH | IDM_EV_LOST | IDM_EV_UP)

static const struct doorbell_handlers *handlers;
static uint32_t known;

volatile uint32_t doorbell_freed;

static volatile uint32_t *peer_reg(unsigned peer, unsigned reg)
{
    return &REG32(IDM_BASE + IDM_PEER(peer) + reg);
}

/*
 * The word is the sender's again when the channel is taken, and what the
 * handler looks at in memory may change after that: it will be rung again.
 */
static void take(unsigned peer, unsigned channel)
{
    uint32_t word;

    *peer_reg(peer, IDM_RX_CHAN) = channel;
    word = *peer_reg(peer, IDM_RX_DATA(0));
    dmb();
    *peer_reg(peer, IDM_RX_PEND) = 1u << channel;
    dmb();
    handlers->rung(peer, channel, word);
}

/* The interrupt stays as long as a channel is free: once is enough. */
static void look_for_free(unsigned peer)
{
    uint32_t wanted = *peer_reg(peer, IDM_TX_IE);
    uint32_t freed = *peer_reg(peer, IDM_TX_FREE) & wanted;

    if (freed) {
        *peer_reg(peer, IDM_TX_IE) = wanted & ~freed;
        doorbell_freed++;
    }
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
    look_for_free(peer);
}

/*
 * Until nothing is left: a PLIC need not tell again of a line that has not
 * been low in between.
 */
static void on_interrupt(void)
{
    uint32_t peers;
    unsigned i;

    while ((peers = REG32(IDM_BASE + IDM_IRQ)) != 0) {
        for (i = 0; i < DOORBELL_PEERS; i++) {
            if (peers >> i & 1) {
                look_at(i);
            }
        }
    }
}

void doorbell_init(const struct doorbell_handlers *h)
{
    handlers = h;
    irq_enable(BOARD_IDM_IRQ, on_interrupt);
    doorbell_look_for_peers();
    REG32(IDM_BASE + IDM_CTRL) = IDM_CTRL_IE;
}

void doorbell_look_for_peers(void)
{
    uint32_t peers = REG32(IDM_BASE + IDM_PEERS) & ~known;
    unsigned i;

    for (i = 0; i < DOORBELL_PEERS; i++) {
        if (peers >> i & 1) {
            *peer_reg(i, IDM_TX_IE) = 0;
            *peer_reg(i, IDM_RX_IE) = 0xffffffff;
            *peer_reg(i, IDM_EV_IE) = IDM_EVENTS;
        }
    }
    known |= peers;
}

static void ring(unsigned peer, unsigned channel, uint32_t word)
{
    *peer_reg(peer, IDM_TX_CHAN) = channel;
    *peer_reg(peer, IDM_TX_DATA(0)) = word;
    dmb();
    *peer_reg(peer, IDM_TX_PEND) = 1u << channel;
}

void doorbell_ring(unsigned peer, unsigned channel, uint32_t word)
{
    uintptr_t mask = irq_save();

    ring(peer, channel, word);
    irq_restore(mask);
}

bool doorbell_try_ring(unsigned peer, unsigned channel, uint32_t word)
{
    uintptr_t mask = irq_save();
    bool is_free = *peer_reg(peer, IDM_TX_FREE) >> channel & 1;

    if (is_free) {
        ring(peer, channel, word);
    } else {
        *peer_reg(peer, IDM_TX_IE) |= 1u << channel;
    }
    irq_restore(mask);
    return is_free;
}

/* NAME has 16 bytes; what is behind the end of a shorter name is 0. */
static bool is_named(unsigned peer, const char *name)
{
    uint32_t word = 0;
    unsigned i;

    for (i = 0; i < NAME_SIZE; i++) {
        if (i % 4 == 0) {
            word = *peer_reg(peer, IDM_NAME(i / 4));
        }
        if ((char)(word >> i % 4 * 8) != name[i]) {
            return false;
        }
        if (!name[i]) {
            return true;
        }
    }
    return true;
}

int doorbell_find(const char *name)
{
    uint32_t peers = REG32(IDM_BASE + IDM_PEERS);
    int i;

    for (i = 0; i < DOORBELL_PEERS; i++) {
        if ((peers >> i & 1) && is_named((unsigned)i, name)) {
            return i;
        }
    }
    return -1;
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
