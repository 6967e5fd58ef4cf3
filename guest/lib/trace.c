/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "trace.h"
#include "cpu.h"
#include "format.h"

__attribute__((section(".bss.trace"))) char trace_buffer[TRACE_SIZE];

static unsigned head;

__attribute__((weak)) void trace_also(char c)
{
    (void)c;
}

static void put(char c)
{
    trace_also(c);
    trace_buffer[head] = c;
    head = head + 2 < TRACE_SIZE ? head + 1 : 0;
}

void trace(const char *f, ...)
{
    uintptr_t mask = irq_save();
    va_list args;

    va_start(args, f);
    format(put, f, &args);
    va_end(args);
    dmb();
    irq_restore(mask);
}
