/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef WORK_H
#define WORK_H

#include <stdint.h>

/*
 * What programs of microcontrollers do: walks and sorts a list, multiplies
 * matrices, reads numbers out of a text, and a checksum over all of it.
 * Returns what depends on @count alone.
 */
uint32_t work(uint32_t count);

/* Loops of BENCH_ROUNDS * @count rounds, of which each executes
   BENCH_STRAIGHT_INSNS and BENCH_CALLS_INSNS.  They return a sum. */
uint32_t loop_straight(uint32_t count);
uint32_t loop_calls(uint32_t count);

#endif
