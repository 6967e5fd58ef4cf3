/*
 * Answers each interrupt, and otherwise sleeps, with or without a tick
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "transport.h"
#include "cpu.h"
#include "startup.h"
#include "systick.h"

static const struct transport *transport;

static void rung(void)
{
    transport->ring(bench->pong_peer);
}

static void poll_memory(void)
{
    for (;;) {
        bench->pong = bench->ping;
    }
}

int main(void)
{
    transport = transport_find(bench->transport);
    if (transport) {
        transport->start(rung);
    }
    if (bench->tick_cycles) {
        systick_start(bench->tick_cycles, SYST_CSR_TICK);
    }
    exclusive_add(&bench->ready, 1);
    if (bench->transport == BENCH_MEMORY) {
        poll_memory();
    }
    for (;;) {
        if (!bench->awake) {
            wfi();
        }
    }
}
