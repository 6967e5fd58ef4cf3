/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "semaphore.h"
#include "cpu.h"
#include "internal.h"

#define HSEM_R(n)   REG32(PAIR_HSEM + (n) * 4)
#define HSEM_RLR(n) REG32(PAIR_HSEM + 0x80 + (n) * 4)
#define HSEM_LOCK   (1u << 31)
#define PROCESS     0x5a

static uint32_t core_id(void)
{
    return (pair_ident == PAIR_MASTER ? 1u : 2u) << 8;
}

static bool take(uint32_t n, uint32_t steps)
{
    uint32_t mine = HSEM_LOCK | core_id();

    if (steps == 0) {
        return true;
    }
    if (steps == 1) {
        return HSEM_RLR(n) == mine;
    }
    HSEM_R(n) = mine | PROCESS;
    return HSEM_R(n) == (mine | PROCESS);
}

static void release(uint32_t n, uint32_t steps)
{
    if (steps) {
        HSEM_R(n) = core_id() | (steps == 1 ? 0 : PROCESS);
    }
}

uint32_t semaphore_add(uint32_t addr, uint32_t count, uint32_t n,
                       uint32_t steps)
{
    volatile uint32_t *p = (volatile uint32_t *)(uintptr_t)addr;
    uint32_t taken = 0;
    uint32_t i;

    for (i = 0; i < count; i++) {
        while (!take(n, steps)) {
            taken++;
        }
        dmb();
        *p = *p + 1;
        dmb();
        release(n, steps);
    }
    return taken;
}
