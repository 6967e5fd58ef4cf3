/*
 * How far two processors are apart when a debugger has halted both: one counts,
 * the other looks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "pair.h"

/*
 * Adds 1 to @counter with every PAIR_TALLY_LENGTH instructions until @stop is
 * not 0, deaf; false: not on this core
 */
bool tally_count(volatile uint32_t *counter, const volatile uint32_t *stop);

/*
 * Until @stop is not 0: loads @counter, and comes to tally_seen with it in r0;
 * then turns round @pause times.
 */
bool tally_look(const volatile uint32_t *counter, const volatile uint32_t *stop,
                uint32_t pause);

#endif
