/*
 * What the compiler calls behind the source's back
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "string.h"
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t n)
{
    const uint8_t *s = from;
    uint8_t *d = to;

    while (n--) {
        *d++ = *s++;
    }
    return to;
}

void *memset(void *to, int c, size_t n)
{
    uint8_t *d = to;

    while (n--) {
        *d++ = (uint8_t)c;
    }
    return to;
}
