/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPU_H
#define MPU_H

/*
 * Memory protection: code cannot be written, data cannot be executed, below
 * the stack is nothing, and what has no region cannot be accessed at all.
 * Checks that it works, and that the aliases of the SRAM are one memory.
 */
void mpu_init(void);

#endif
