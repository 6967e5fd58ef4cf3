/*
 * Message handling unit 0 between the two cores of mps2-an521
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "transport.h"
#include "cpu.h"
#include "irq.h"

#define MHU0            0x50003000
#define MHU_SET(cpu)    (MHU0 + 0x4 + (cpu) * 0x10)
#define MHU_CLR(cpu)    (MHU0 + 0x8 + (cpu) * 0x10)
#define MHU_NVIC        6

#define INITSVTOR1      0x50021114
#define CPUWAIT         0x50021118
#define PONG_VECTORS    0x10100000

static void (*rung)(void);

static void on_ping(void)
{
    REG32(MHU_CLR(0)) = 1;
    rung();
}

static void on_pong(void)
{
    REG32(MHU_CLR(1)) = 1;
    rung();
}

static void start_ping(void (*handler)(void))
{
    rung = handler;
    irq_enable(MHU_NVIC, on_ping);
    REG32(INITSVTOR1) = PONG_VECTORS;
    REG32(CPUWAIT) = 0;
}

static void start_pong(void (*handler)(void))
{
    rung = handler;
    irq_enable(MHU_NVIC, on_pong);
}

static void ring_pong(unsigned peer)
{
    (void)peer;
    REG32(MHU_SET(1)) = 1;
}

static void ring_ping(unsigned peer)
{
    (void)peer;
    REG32(MHU_SET(0)) = 1;
}

const struct transport transport_mhu_ping = {
    .start = start_ping,
    .ring = ring_pong,
};

const struct transport transport_mhu_pong = {
    .start = start_pong,
    .ring = ring_ping,
};
