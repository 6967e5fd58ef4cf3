/*
 * What a firmware on Arm's `virt` finds where, in the bare examples. RAM and
 * IDM lie in the windows of the PCI Express bridge, which nobody uses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_RAM       0x20000000u
#define BOARD_IDM       0x30000000u
#define BOARD_IDM_IRQ   100
#define BOARD_UART      0x09000000u

#endif
