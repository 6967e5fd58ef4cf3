/*
 * Adds to a counter in SRAM while Linux does the same
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "atomics.h"
#include "cpu.h"
#include "mbox.h"
#include "startup.h"
#include "trace.h"

static volatile struct atomics *const shared =
    (volatile struct atomics *)ATOMICS_ADDR;

static void run(uint32_t count)
{
    uint32_t i;

    for (i = 0; i < count; i++) {
        exclusive_add(&shared->counter, 1);
    }
    shared->seen = shared->counter;
    dmb();
    shared->done = count;
    trace("added %u times\n", (unsigned)count);
}

int main(void)
{
    uint32_t count;

    mbox_init(1u << CHANNEL_SHUTDOWN, 1u << CHANNEL_SHUTDOWN);
    trace("atomics: counter at %08x\n", ATOMICS_ADDR + 0x10);
    shared->start = 0;
    shared->done = 0;
    shared->counter = 0;
    dmb();
    shared->ready = ATOMICS_READY;
    for (;;) {
        count = shared->start;
        if (count) {
            dmb();
            shared->start = 0;
            run(count);
        }
        if (mbox_take() & 1u << CHANNEL_SHUTDOWN) {
            mbox_shut_down(CHANNEL_SHUTDOWN);
        }
    }
}
