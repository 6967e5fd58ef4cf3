/*
 * The log of the firmware on UART4, the Cortex-M4's on NXP's boards
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cpu.h"
#include "trace.h"

#define UART4       0x30a60000
#define UTXD        (UART4 + 0x40)
#define UCR1        (UART4 + 0x80)
#define UCR1_UARTEN (1u << 0)
#define UCR2        (UART4 + 0x84)
#define UCR2_ON     0x4027u     /* IRTS, 8 bits, TXEN, RXEN, no reset */
#define USR1        (UART4 + 0x94)
#define USR1_TRDY   (1u << 13)

static void put(char c)
{
    if (!(REG32(UCR1) & UCR1_UARTEN)) {
        REG32(UCR1) = UCR1_UARTEN;
        REG32(UCR2) = UCR2_ON;
    }
    while (!(REG32(USR1) & USR1_TRDY)) {
    }
    REG32(UTXD) = (uint8_t)c;
}

void trace_also(char c)
{
    if (c == '\n') {
        put('\r');
    }
    put(c);
}
