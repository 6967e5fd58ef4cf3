/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SLAVE_H
#define SLAVE_H

#include <stdint.h>

/* How this slave answers: @channel and @word, as rung, become the answer. */
void slave_answer(unsigned *channel, uint32_t *word);

#endif
