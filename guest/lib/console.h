/*
 * The console, by polling
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>

/* Formats: see format.h */
__attribute__((format(printf, 1, 2))) void console(const char *f, ...);

/* The machine's, below arch/ */
void uart_init(void);
void uart_put(char c);
bool uart_get(char *c);

#endif
