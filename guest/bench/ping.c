/*
 * Takes the times that the host asks for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "copy.h"
#include "transport.h"
#include "board.h"
#include "cpu.h"
#include "idm.h"
#include "startup.h"
#include "systick.h"
#include <stddef.h>

#define CORE_HELD   2

static const struct transport *transport;
static volatile uint32_t answers;

static volatile uint32_t *sample(uint32_t i)
{
    return (volatile uint32_t *)((uintptr_t)bench + BENCH_SAMPLES) + i;
}

/* Counts down. */
static uint32_t now(void)
{
    return REG32(SYST_CVR);
}

static uint32_t since(uint32_t start)
{
    return (start - now()) & BENCH_TIMER_MASK;
}

/*
 * Before it wraps: an emulator that is late reads 0 from there on, and from the
 * start on, until it reloads.
 */
static void timer_rewind(void)
{
    if (now() < BENCH_TIMER_MASK / 2) {
        systick_start(BENCH_TIMER_MASK + 1, SYST_CSR_ENABLE);
        while (!now()) {
        }
    }
}

static void rung(void)
{
    answers++;
}

static uint32_t time_timer(uint32_t i)
{
    uint32_t start = now();
    unsigned n;

    (void)i;
    for (n = 1; n < BENCH_TIMER_READS; n++) {
        now();
    }
    return since(start);
}

static uint32_t time_round_trip(uint32_t i)
{
    uint32_t before = answers;
    uint32_t start = now();

    transport->ring(bench->first_peer + i % bench->peers);
    while (answers == before) {
        wfi_unless(&answers, before);
    }
    return since(start);
}

static uint32_t time_poll(uint32_t i)
{
    uint32_t start = now();

    (void)i;
    bench->ping++;
    while (bench->pong != bench->ping) {
    }
    return since(start);
}

static volatile uint32_t *peer_reg(unsigned reg)
{
    return &REG32(BOARD_IDM + IDM_PEER(bench->first_peer) + reg);
}

static uint32_t time_boot(uint32_t i)
{
    uint32_t start;

    (void)i;
    *peer_reg(IDM_RESET) = 1;
    while (IDM_STATUS_CORE(*peer_reg(IDM_STATUS)) != CORE_HELD) {
    }
    bench->first_store = 0;
    dmb();
    start = now();
    *peer_reg(IDM_BOOT) = 1;
    while (!bench->first_store) {
    }
    return since(start);
}

/* Even samples within the shared RAM, odd ones in private RAM */
static uint32_t time_copy(uint32_t i)
{
    uintptr_t base = i % 2 ? BENCH_PRIVATE_RAM : (uintptr_t)bench;
    uint32_t start = now();
    unsigned n;

    for (n = 0; n < BENCH_COPY_PASSES; n++) {
        copy_words(base + BENCH_COPY_TO, base + BENCH_COPY_FROM,
                   BENCH_COPY_SIZE);
    }
    return since(start);
}

static uint32_t (*const commands[])(uint32_t i) = {
    [BENCH_TIMER] = time_timer,
    [BENCH_ROUND_TRIP] = time_round_trip,
    [BENCH_POLL] = time_poll,
    [BENCH_BOOT] = time_boot,
    [BENCH_COPY] = time_copy,
};

static void execute(uint32_t command, uint32_t count)
{
    uint32_t i;

    if (command >= sizeof(commands) / sizeof(*commands) ||
        !commands[command] || count > BENCH_MAX_SAMPLES ||
        (command == BENCH_ROUND_TRIP && (!transport || !bench->peers))) {
        return;
    }
    for (i = 0; i < count; i++) {
        timer_rewind();
        *sample(i) = commands[command](i);
    }
}

int main(void)
{
    uint32_t sequence = bench->sequence;

    systick_start(BENCH_TIMER_MASK + 1, SYST_CSR_ENABLE);
    transport = transport_find(bench->transport);
    if (transport) {
        transport->start(rung);
    }
    dmb();
    bench->magic = BENCH_MAGIC;
    for (;;) {
        while (bench->sequence == sequence) {
        }
        sequence = bench->sequence;
        dmb();
        execute(bench->command, bench->count);
        dmb();
        bench->done = sequence;
    }
}
