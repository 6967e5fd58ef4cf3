/*
 * Slave of the bare pair: answers each channel that is rung
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "slave.h"
#include "internal.h"
#include "board.h"
#include "doorbell.h"

volatile struct pair_block *const pair =
    (volatile struct pair_block *)(BOARD_RAM + PAIR_SLAVE_OFFSET);

void pair_rung(unsigned peer, unsigned channel, uint32_t word)
{
    slave_answer(&channel, &word);
    doorbell_ring(peer, channel, word);
}

enum pair_status pair_own_command(uint32_t command)
{
    (void)command;
    return PAIR_UNKNOWN;
}
