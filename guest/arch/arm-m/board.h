/*
 * What a firmware of this architecture finds where, in the bare examples
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_RAM       0x20000000u
#define BOARD_IDM       0x50000000u
#if __ARM_ARCH >= 7
#define BOARD_IDM_IRQ   40
#else
#define BOARD_IDM_IRQ   20      /* ARMv6-M has 32 inputs */
#endif

#endif
