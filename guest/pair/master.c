/*
 * Master of the bare pair: has the slave's boot line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "internal.h"
#include "board.h"
#include "doorbell.h"
#include "idm.h"

const uint32_t pair_ident = PAIR_MASTER;
volatile struct pair_block *const pair =
    (volatile struct pair_block *)(BOARD_RAM + PAIR_MASTER_OFFSET);

/* The master only counts: two that answer would never come to an end. */
void pair_rung(unsigned peer, unsigned channel, uint32_t word)
{
    (void)peer;
    (void)channel;
    (void)word;
}

enum pair_status pair_own_command(uint32_t command)
{
    uint32_t peer = pair->arg[0];

    switch (command) {
    case PAIR_RELEASE:
        doorbell_release(peer);
        return PAIR_OK;
    case PAIR_HOLD:
        doorbell_hold(peer);
        return PAIR_OK;
    case PAIR_PEER_STATE:
        pair->result[2] = doorbell_status(peer);
        pair->result[1] = doorbell_boots(peer);
        pair->result[0] = IDM_STATUS_CORE(pair->result[2]);
        return PAIR_OK;
    default:
        return PAIR_UNKNOWN;
    }
}
