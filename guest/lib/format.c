/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "format.h"
#include <stdint.h>

static void put_string(format_put *put, const char *s)
{
    while (*s) {
        put(*s++);
    }
}

static void put_number(format_put *put, uint32_t n, unsigned base,
                       unsigned width, char pad)
{
    char digits[10];
    unsigned count = 0;

    do {
        digits[count++] = "0123456789abcdef"[n % base];
        n /= base;
    } while (n);
    for (; width > count; width--) {
        put(pad);
    }
    while (count) {
        put(digits[--count]);
    }
}

static void put_signed(format_put *put, int32_t n, unsigned width, char pad)
{
    if (n < 0) {
        put('-');
        put_number(put, -(uint32_t)n, 10, width ? width - 1 : 0, pad);
    } else {
        put_number(put, n, 10, width, pad);
    }
}

static const char *conversion(format_put *put, const char *f, va_list *args)
{
    char pad = *f == '0' ? '0' : ' ';
    unsigned width = 0;

    for (; *f >= '0' && *f <= '9'; f++) {
        width = width * 10 + (unsigned)(*f - '0');
    }
    switch (*f) {
    case 's':
        put_string(put, va_arg(*args, const char *));
        break;
    case 'c':
        put((char)va_arg(*args, int));
        break;
    case 'u':
        put_number(put, va_arg(*args, unsigned), 10, width, pad);
        break;
    case 'x':
        put_number(put, va_arg(*args, unsigned), 16, width, pad);
        break;
    case 'd':
        put_signed(put, va_arg(*args, int), width, pad);
        break;
    default:
        put(*f);
        break;
    }
    return *f ? f + 1 : f;
}

void format(format_put *put, const char *f, va_list *args)
{
    while (*f) {
        if (*f == '%') {
            f = conversion(put, f + 1, args);
        } else {
            put(*f++);
        }
    }
}
