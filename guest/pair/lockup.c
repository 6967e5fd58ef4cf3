/*
 * A slave of the bare pair that goes into lockup at once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fault.h"
#include "board.h"
#include "pair.h"
#include "startup.h"

static volatile struct pair_block *const pair =
    (volatile struct pair_block *)(BOARD_RAM + PAIR_SLAVE_OFFSET);

int main(void)
{
    pair->boots++;
    fault_stop();
}
