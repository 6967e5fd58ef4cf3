/*
 * Two processors add to one counter, in memory that both see
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ATOMICS_H
#define ATOMICS_H

#include <stdint.h>

/* STM32MP157 SRAM, above rings and buffers */
#define ATOMICS_ADDR    0x10050000u
#define ATOMICS_READY   0x41544f4du

struct atomics {
    uint32_t ready;         /* 0x00 firmware: ATOMICS_READY */
    uint32_t start;         /* 0x04 Linux: additions to do, then start */
    uint32_t done;          /* 0x08 firmware: additions done */
    uint32_t seen;          /* 0x0c firmware: counter after its last one */
    uint32_t counter;       /* 0x10 both, with exclusives only */
};

#endif
