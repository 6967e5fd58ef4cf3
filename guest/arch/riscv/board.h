/*
 * What a firmware on RISC-V's `virt` finds where, in the bare examples
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_RAM       0x18000000u
#define BOARD_IDM       0x11000000u
#define BOARD_IDM_IRQ   50

#endif
