/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "console.h"
#include "format.h"

static void put(char c)
{
    if (c == '\n') {
        uart_put('\r');
    }
    uart_put(c);
}

void console(const char *f, ...)
{
    va_list args;

    va_start(args, f);
    format(put, f, &args);
    va_end(args);
}
