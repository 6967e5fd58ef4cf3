/*
 * What the two sides of the bare pair share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef INTERNAL_H
#define INTERNAL_H

#include "pair.h"

/* Each side defines these. */
extern const uint32_t pair_ident;
extern volatile struct pair_block *const pair;
void pair_rung(unsigned peer, unsigned channel, uint32_t word);
/* Commands that only this side has; PAIR_UNKNOWN: it has not. */
enum pair_status pair_own_command(uint32_t command);

#endif
