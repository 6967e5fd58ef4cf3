/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hsem.h"
#include "chip.h"
#include "system.h"
#include "trace.h"

#define PATIENCE_MS 100

static unsigned taken;

void hsem_init(void)
{
    REG32(RCC_MC_AHB3ENSETR) = AHB3_HSEM;
}

void hsem_take(unsigned n)
{
    uint32_t start = millis();
    uint32_t seen;

    while ((seen = REG32(HSEM_RLR(n))) != (HSEM_LOCK | HSEM_COREID_M4)) {
        if (millis() - start > PATIENCE_MS) {
            trace("ERROR: semaphore %u is taken: %08x\n", n, (unsigned)seen);
            system_fail("semaphore", n);
        }
    }
    dmb();
    taken++;
}

void hsem_release(unsigned n)
{
    dmb();
    REG32(HSEM_R(n)) = HSEM_COREID_M4;
}

unsigned hsem_count(void)
{
    return taken;
}
