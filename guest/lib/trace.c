/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "trace.h"
#include "cpu.h"
#include <stdarg.h>

__attribute__((section(".bss.trace"))) char trace_buffer[TRACE_SIZE];

static unsigned head;

static void put(char c)
{
    trace_buffer[head] = c;
    head = head + 2 < TRACE_SIZE ? head + 1 : 0;
}

static void put_string(const char *s)
{
    while (*s) {
        put(*s++);
    }
}

static void put_number(uint32_t n, unsigned base, unsigned width, char pad)
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

static void put_signed(int32_t n, unsigned width, char pad)
{
    if (n < 0) {
        put('-');
        put_number(-(uint32_t)n, 10, width ? width - 1 : 0, pad);
    } else {
        put_number(n, 10, width, pad);
    }
}

static const char *conversion(const char *f, va_list *args)
{
    char pad = *f == '0' ? '0' : ' ';
    unsigned width = 0;

    for (; *f >= '0' && *f <= '9'; f++) {
        width = width * 10 + (unsigned)(*f - '0');
    }
    switch (*f) {
    case 's':
        put_string(va_arg(*args, const char *));
        break;
    case 'c':
        put((char)va_arg(*args, int));
        break;
    case 'u':
        put_number(va_arg(*args, unsigned), 10, width, pad);
        break;
    case 'x':
        put_number(va_arg(*args, unsigned), 16, width, pad);
        break;
    case 'd':
        put_signed(va_arg(*args, int), width, pad);
        break;
    default:
        put(*f);
        break;
    }
    return *f ? f + 1 : f;
}

void trace(const char *format, ...)
{
    uintptr_t mask = irq_save();
    va_list args;

    va_start(args, format);
    while (*format) {
        if (*format == '%') {
            format = conversion(format + 1, &args);
        } else {
            put(*format++);
        }
    }
    va_end(args);
    dmb();
    irq_restore(mask);
}
