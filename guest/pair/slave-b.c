/*
 * Answers on the next channel, with the inverted word
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "slave.h"
#include "internal.h"

const uint32_t pair_ident = PAIR_SLAVE_B;

void slave_answer(unsigned *channel, uint32_t *word)
{
    *channel = (*channel + 1) % PAIR_CHANNELS;
    *word = ~*word;
}
