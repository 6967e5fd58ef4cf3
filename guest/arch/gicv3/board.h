/*
 * What a firmware on the board mps3-an536 finds where, in the bare examples.
 * RAM and IDM lie where the board has memories that a slave does not have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_RAM       0x10000000u
#define BOARD_IDM       0x08000000u
#define BOARD_IDM_IRQ   90

#endif
