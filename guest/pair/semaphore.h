/*
 * A counter under a hardware semaphore of the STM32MP1's layout
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SEMAPHORE_H
#define SEMAPHORE_H

#include <stdint.h>

/*
 * Adds 1 to the word at @addr, @count times, each time under semaphore @n,
 * which is taken by reading (@steps 1), by writing and reading (2), or not at
 * all (0). Returns how often another had it.
 */
uint32_t semaphore_add(uint32_t addr, uint32_t count, uint32_t n,
                       uint32_t steps);

#endif
