/*
 * printf() for what has a place for one character
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdarg.h>

typedef void format_put(char c);

/* Formats: %s %c %u %d %x, with an optional width and leading 0; %% */
void format(format_put *put, const char *f, va_list *args);

#endif
