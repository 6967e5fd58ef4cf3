/*
 * What there is on a processor of machine het-m
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "transport.h"
#include "board.h"
#include <stddef.h>

volatile struct bench_block *const bench =
    (volatile struct bench_block *)BOARD_RAM;

const struct transport *transport_find(uint32_t id)
{
    switch (id) {
    case BENCH_IDM:
        return &transport_idm;
    case BENCH_IVSHMEM:
        return &transport_ivshmem;
    default:
        return NULL;
    }
}
