/*
 * What the mailboxes of the chips have in common: what their interrupts have
 * seen waits for the main loop.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbox.h"
#include "cpu.h"

static volatile uint32_t rung;      /* seen, not yet told to the main loop */

void mbox_seen(uint32_t channels)
{
    rung |= channels;
}

uint32_t mbox_take(void)
{
    uintptr_t mask = irq_save();
    uint32_t seen = rung;

    rung = 0;
    irq_restore(mask);
    return seen;
}

uint32_t mbox_wait(void)
{
    while (!rung) {
        wfi_unless(&rung, 0);
    }
    return mbox_take();
}
