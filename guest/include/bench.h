/*
 * Control block of the benchmark's firmware (guest/bench), in the RAM that
 * the processors share. The host writes command and arguments, then
 * sequence + 1; the firmware executes it and sets done = sequence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

#define BENCH_MAGIC         0x434e4542u /* "BENC" */
#define BENCH_SAMPLES       0x1000u     /* offset of the samples, words */
#define BENCH_MAX_SAMPLES   0x8000u
#define BENCH_COPY_FROM     0x40000u    /* offsets of what is copied, */
#define BENCH_COPY_TO       0x50000u    /* in the RAM and in private RAM */
#define BENCH_COPY_SIZE     0x8000u
#define BENCH_COPY_PASSES   8
#define BENCH_PRIVATE_RAM   0x30000000u
#define BENCH_TIMER_READS   64          /* in one sample of BENCH_TIMER */
#define BENCH_TIMER_MASK    0xffffffu   /* SysTick has 24 bits */
#define BENCH_ROUNDS        4096        /* of a loop, in one of its count */
#define BENCH_STRAIGHT_INSNS 16         /* executed in a round */
#define BENCH_CALLS_INSNS   8

struct bench_block {
    uint32_t magic;         /* 0x00 BENCH_MAGIC: bench-ping serves */
    uint32_t sequence;      /* 0x04 host: number of the command */
    uint32_t done;          /* 0x08 number of the last finished command */
    uint32_t command;       /* 0x0c host: enum bench_command */
    uint32_t count;         /* 0x10 host: samples to take */
    uint32_t peers;         /* 0x14 host: rung in turn, from first_peer */
    uint32_t first_peer;    /* 0x18 host */
    uint32_t transport;     /* 0x1c host, before boot: bench_transport */
    uint32_t awake;         /* 0x20 host: bench-pong never sleeps */
    uint32_t tick_cycles;   /* 0x24 host, before boot: 0: bench-pong has no
                               tick */
    uint32_t ready;         /* 0x28 one more for each bench-pong */
    uint32_t pong_peer;     /* 0x2c host, before boot: bench-pong rings it */
    uint32_t result;        /* 0x30 what bench-compute has computed */
    uint32_t reserved0[3];
    uint32_t ping;          /* 0x40 BENCH_POLL: counted by bench-ping */
    uint32_t reserved1[15];
    uint32_t pong;          /* 0x80 the same by bench-pong */
    uint32_t reserved2[15];
    uint32_t first_store;   /* 0xc0 set by bench-first-store */
    uint32_t reserved3[15];
};

_Static_assert(sizeof(struct bench_block) == 0x100, "bench_block layout");

enum bench_transport {
    BENCH_NONE = 0,
    BENCH_IDM = 1,
    BENCH_IVSHMEM = 2,      /* ivshmem-flat */
    BENCH_MHU = 3,          /* of mps2-an521 */
    BENCH_MEMORY = 4,       /* no interrupts: both poll */
};

/*
 * Of bench-ping: each leaves count samples, in cycles of SysTick.  Of
 * bench-compute: it does something count times.
 */
enum bench_command {
    BENCH_TIMER = 1,        /* BENCH_TIMER_READS reads of the timer */
    BENCH_ROUND_TRIP = 2,   /* interrupt there and back, sleeping in wfi */
    BENCH_POLL = 3,         /* the same by polling shared memory */
    BENCH_BOOT = 4,         /* boot line released to first store seen */
    BENCH_COPY = 5,         /* in turns: within the RAM, in private RAM */
    BENCH_COMPUTE = 6,      /* a program's work, count times */
    BENCH_STRAIGHT = 7,     /* a loop in one piece */
    BENCH_CALLS = 8,        /* a loop that calls a function */
};

#endif
