/*
 * What there is on mps2-an386: the host shares its PSRAM
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "transport.h"
#include <stddef.h>

volatile struct bench_block *const bench =
    (volatile struct bench_block *)0x21000000;

const struct transport *transport_find(uint32_t id)
{
    (void)id;
    return NULL;
}
