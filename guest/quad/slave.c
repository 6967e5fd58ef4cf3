/*
 * Slave of hetero-quad, on any architecture: reports, then passes tokens on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "board.h"
#include "cpu.h"
#include "doorbell.h"
#include "quad.h"
#include "startup.h"
#include "string.h"

#define MASTER 0u       /* the boot peer */

static volatile struct quad_page *const page =
    (volatile struct quad_page *)BOARD_RAM;
static unsigned next;

static void rung(unsigned peer, unsigned channel, uint32_t hops)
{
    (void)peer;
    if (channel == QUAD_TOKEN) {
        page->passed++;
        doorbell_ring(next, QUAD_TOKEN, hops + 1);
    }
}

/* A peer that goes is the master's affair. */
static void event(unsigned peer, uint32_t events)
{
    (void)peer;
    (void)events;
}

static const struct doorbell_handlers handlers = {
    .rung = rung,
    .event = event,
};

static bool find_next(void)
{
    char name[QUAD_NAME_SIZE];
    unsigned i;
    int found;

    for (i = 0; i < QUAD_NAME_SIZE; i++) {
        name[i] = page->next[i];
    }
    found = doorbell_find(name);
    next = (unsigned)found;
    return found >= 0;
}

static void report(void)
{
    static const char cpu[QUAD_NAME_SIZE] = CPU_NAME;
    unsigned i;

    for (i = 0; i < QUAD_NAME_SIZE; i++) {
        page->cpu[i] = cpu[i];
    }
    page->id = cpu_id();
    page->bits = 8 * sizeof(void *);
    dmb();
    doorbell_ring(MASTER, QUAD_REPORT, QUAD_HELLO);
}

int main(void)
{
    if (find_next()) {
        doorbell_init(&handlers);
        report();
    }
    for (;;) {
        wfi();
    }
}
