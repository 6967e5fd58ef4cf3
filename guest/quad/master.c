/*
 * Master of hetero-quad: puts firmware into the slaves' memories, boots them
 * over the IDM, lets a token go round, and says on the console what it saw
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "board.h"
#include "console.h"
#include "cpu.h"
#include "doorbell.h"
#include "idm.h"
#include "images.h"
#include "irq.h"
#include "quad.h"
#include "startup.h"
#include "string.h"

#define CODE(n)     (0x10000000u + (n) * 0x100000u)
#define LAPS        1000u
#define WAIT_MS     5000u

struct slave {
    const char *name;
    const char *image;
    const char *end;
};

/* In the order of the ring, of the pages and of the code memories */
static const struct slave slaves[] = {
    { "rv32", image_rv32, image_rv32_end },
    { "m0", image_m0, image_m0_end },
    { "rv64", image_rv64, image_rv64_end },
    { "m33", image_m33, image_m33_end },
};

#define SLAVES (sizeof(slaves) / sizeof(slaves[0]))
#define MASTER "a53"

static unsigned peers[SLAVES];
static volatile uint32_t ticks;
static volatile uint32_t reports;       /* one bit for each peer */
static volatile uint32_t tokens;
static volatile uint32_t hops;
static volatile uint32_t strangers;

void tick_handler(void)
{
    ticks++;
}

static void rung(unsigned peer, unsigned channel, uint32_t word)
{
    if (channel == QUAD_REPORT && word == QUAD_HELLO) {
        reports |= 1u << peer;
    } else if (channel == QUAD_TOKEN && peer == peers[SLAVES - 1]) {
        hops = word;
        tokens++;
    } else {
        strangers++;
    }
}

static void event(unsigned peer, uint32_t events)
{
    if (events & (IDM_EV_CRASH | IDM_EV_LOST)) {
        console("peer %u: %s\n", peer,
                events & IDM_EV_CRASH ? "its core crashed" : "link lost");
    }
}

static const struct doorbell_handlers handlers = {
    .rung = rung,
    .event = event,
};

static volatile struct quad_page *page(unsigned n)
{
    return (volatile struct quad_page *)(uintptr_t)(BOARD_RAM +
                                                    n * QUAD_PAGE_SIZE);
}

/* Waits until *@p is not @old any more. */
static bool wait_change(const volatile uint32_t *p, uint32_t old)
{
    uint32_t start = ticks;

    while (*p == old && ticks - start < WAIT_MS) {
        wfi_unless(p, old);
    }
    return *p != old;
}

/* The IDM learns of a boot a little later than of what is rung after it. */
static uint32_t wait_boots(unsigned peer, uint32_t before)
{
    uint32_t start = ticks;

    while (doorbell_boots(peer) == before && ticks - start < WAIT_MS) {
        wfi();      /* until the next tick */
    }
    return doorbell_boots(peer);
}

static bool find_peers(void)
{
    unsigned i;
    int found;

    for (i = 0; i < SLAVES; i++) {
        found = doorbell_find(slaves[i].name);
        if (found < 0) {
            console("the IDM knows no '%s'\n", slaves[i].name);
            return false;
        }
        peers[i] = (unsigned)found;
    }
    return true;
}

static void clear_page(unsigned n)
{
    const char *next = n + 1 < SLAVES ? slaves[n + 1].name : MASTER;
    unsigned i;

    *page(n) = (struct quad_page){ 0 };
    for (i = 0; next[i]; i++) {
        page(n)->next[i] = next[i];
    }
}

static bool boot(unsigned n)
{
    const struct slave *slave = &slaves[n];
    uint32_t boots = doorbell_boots(peers[n]);
    uint32_t before, start = ticks;

    doorbell_hold(peers[n]);
    memcpy((void *)(uintptr_t)CODE(n), slave->image,
           (size_t)(slave->end - slave->image));
    clear_page(n);
    reports &= ~(1u << peers[n]);
    before = reports;
    dmb();
    doorbell_release(peers[n]);
    if (!wait_change(&reports, before)) {
        console("%s does not report\n", slave->name);
        return false;
    }
    dmb();
    console("%s is %s, %u bits, id %08x: boot %u, %u bytes, %u ms\n",
            slave->name, (const char *)page(n)->cpu, (unsigned)page(n)->bits,
            (unsigned)page(n)->id, (unsigned)wait_boots(peers[n], boots),
            (unsigned)(slave->end - slave->image),
            (unsigned)(ticks - start));
    return true;
}

static bool boot_all(void)
{
    unsigned i;

    for (i = 0; i < SLAVES; i++) {
        if (!boot(i)) {
            return false;
        }
    }
    return true;
}

static bool one_lap(uint32_t lap)
{
    uint32_t before = tokens, at = lap * (SLAVES + 1);

    doorbell_ring(peers[0], QUAD_TOKEN, at + 1);
    if (!wait_change(&tokens, before)) {
        console("the token of lap %u is lost\n", (unsigned)lap);
        return false;
    }
    if (hops != at + SLAVES + 1) {
        console("the token of lap %u has made %u hops\n", (unsigned)lap,
                (unsigned)(hops - at));
        return false;
    }
    return true;
}

static bool ring(void)
{
    uint32_t lap, start = ticks;
    unsigned i;

    for (lap = 0; lap < LAPS; lap++) {
        if (!one_lap(lap)) {
            return false;
        }
    }
    for (i = 0; i < SLAVES; i++) {
        if (page(i)->passed != LAPS) {
            console("%s has passed %u tokens on\n", slaves[i].name,
                    (unsigned)page(i)->passed);
            return false;
        }
    }
    console("the token went round %u times: %u hops in %u ms\n",
            LAPS, (unsigned)hops, (unsigned)(ticks - start));
    return true;
}

static bool run(void)
{
    strangers = 0;
    if (!find_peers() || !boot_all() || !ring()) {
        return false;
    }
    if (strangers) {
        console("%u rings that nobody expected\n", (unsigned)strangers);
    }
    return !strangers;
}

static void wait_key(void)
{
    char c;

    console("return: once more\n");
    while (!uart_get(&c)) {
        wfi();      /* until the next tick */
    }
}

int main(void)
{
    uart_init();
    doorbell_init(&handlers);
    tick_start();
    console("hetero-quad: %s, id %08x\n", CPU_NAME, (unsigned)cpu_id());
    for (;;) {
        console("%s\n", run() ? "QUAD-OK" : "QUAD-FAILED");
        wait_key();
    }
}
