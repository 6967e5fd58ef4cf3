/*
 * ivshmem-flat: the interrupt is a pulse, there is nothing to acknowledge
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "transport.h"
#include "board.h"
#include "cpu.h"
#include "irq.h"

/* Where the IDM is otherwise */
#define IVSHMEM_DOORBELL    (BOARD_IDM + 0xc)

static void start(void (*rung)(void))
{
    irq_enable(BOARD_IDM_IRQ, rung);
}

/* Vector 0 of the peer with that id */
static void ring(unsigned peer)
{
    REG32(IVSHMEM_DOORBELL) = peer << 16;
}

const struct transport transport_ivshmem = { .start = start, .ring = ring };
