/*
 * PL011, the UART of Arm's `virt`
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "board.h"
#include "console.h"
#include "cpu.h"

#define UART_DR (BOARD_UART + 0x00)
#define UART_FR (BOARD_UART + 0x18)
#define FR_RXFE (1u << 4)       /* nothing received */
#define FR_TXFF (1u << 5)       /* no room to send */
#define UART_CR (BOARD_UART + 0x30)
#define CR_ENABLE 0x301u        /* UART, transmit, receive */

void uart_init(void)
{
    REG32(UART_CR) = CR_ENABLE;
}

void uart_put(char c)
{
    while (REG32(UART_FR) & FR_TXFF) {
    }
    REG32(UART_DR) = (uint8_t)c;
}

bool uart_get(char *c)
{
    if (REG32(UART_FR) & FR_RXFE) {
        return false;
    }
    *c = (char)REG32(UART_DR);
    return true;
}
