/*
 * UARTs with 115200 baud, 8 bits, no parity: output from a buffer, by
 * interrupt; input in lines, with echo
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UART_H
#define UART_H

#include <stdbool.h>
#include <stdint.h>

enum uart { UART_LOG, UART_SHELL, UART_COUNT };     /* UART7, USART3 */

#define UART_LINE 64

/* @hz: the UART's kernel clock */
void uart_init(enum uart uart, uint32_t hz);

/* Into the buffer, also before uart_init(). What does not fit is lost. */
void uart_put(enum uart uart, char c);
void uart_puts(enum uart uart, const char *s);

/* Sends what the buffers still hold, and waits until it is on the line. */
void uart_flush(void);

/* A line that came in, without its end; false: none */
bool uart_line(enum uart uart, char line[UART_LINE]);

#endif
