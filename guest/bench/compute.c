/*
 * Computes what the host asks for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "transport.h"
#include "cpu.h"
#include "startup.h"
#include "work.h"

static uint32_t execute(uint32_t command, uint32_t count)
{
    switch (command) {
    case BENCH_COMPUTE:
        return work(count);
    case BENCH_STRAIGHT:
        return loop_straight(count);
    case BENCH_CALLS:
        return loop_calls(count);
    default:
        return 0;
    }
}

int main(void)
{
    uint32_t sequence = bench->sequence;

    bench->ready = 1;
    for (;;) {
        while (bench->sequence == sequence) {
        }
        sequence = bench->sequence;
        dmb();
        bench->result = execute(bench->command, bench->count);
        dmb();
        bench->done = sequence;
    }
}
