/*
 * Bare pair: serves the commands of a struct pair_block
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "internal.h"
#include "cortexm.h"
#include "doorbell.h"
#include "idm.h"
#include "nvic.h"
#include "probe.h"
#include "startup.h"

#define CYCLES_PER_MS 200000

#define SCB_AIRCR 0xe000ed0c
#define AIRCR_SYSRESETREQ 0x05fa0004

static volatile uint32_t received;
static volatile uint32_t last_channel;
static volatile uint32_t last_word;

void systick_handler(void)
{
    pair->ticks++;
    doorbell_look_for_peers();
}

static void rung(unsigned peer, unsigned channel, uint32_t word)
{
    pair->rung[channel]++;
    last_channel = channel;
    last_word = word;
    received++;
    pair_rung(peer, channel, word);
}

static void event(unsigned peer, uint32_t events)
{
    (void)peer;
    pair->crashes += !!(events & IDM_EV_CRASH);
    pair->lost += !!(events & IDM_EV_LOST);
    pair->up += !!(events & IDM_EV_UP);
}

static const struct doorbell_handlers handlers = {
    .rung = rung,
    .event = event,
};

static enum pair_status faulted(struct fault fault)
{
    pair->result[1] = fault.exception;
    pair->result[2] = fault.cfsr;
    pair->result[3] = fault.bfar;
    return fault.exception ? PAIR_FAULT : PAIR_OK;
}

static enum pair_status load(void)
{
    uint32_t value;
    struct fault fault = probe_load(pair->arg[0], pair->arg[1], &value);

    pair->result[0] = value;
    return faulted(fault);
}

static enum pair_status add(void)
{
    volatile uint32_t *p = (volatile uint32_t *)(uintptr_t)pair->arg[0];
    uint32_t i, count = pair->arg[1];

    for (i = 0; i < count; i++) {
        exclusive_add(p, 1);
    }
    return PAIR_OK;
}

static bool wait_answer(uint32_t before)
{
    uint32_t start = pair->ticks;

    while (received == before && pair->ticks - start <= pair->arg[3]) {
        wfi_unless(&received, before);
    }
    return received != before;
}

static enum pair_status ring(void)
{
    uint32_t i, before, count = pair->arg[2];

    for (i = 0; i < count; i++) {
        before = received;
        doorbell_ring(pair->arg[0], pair->arg[1], i);
        if (!wait_answer(before)) {
            break;
        }
    }
    pair->result[0] = i;
    pair->result[1] = last_channel;
    pair->result[2] = last_word;
    return i == count ? PAIR_OK : PAIR_TIMEOUT;
}

static enum pair_status post(void)
{
    uint32_t i, count = pair->arg[2];

    for (i = 0; i < count; i++) {
        doorbell_ring(pair->arg[0], pair->arg[1], i);
    }
    return PAIR_OK;
}

static void finish(uint32_t sequence, enum pair_status status)
{
    pair->status = status;
    dmb();
    pair->done = sequence;
}

/* Commands after which nothing is served any more */
static void last_command(uint32_t sequence)
{
    uint32_t command = pair->command;

    if (command < PAIR_LOCKUP || command > PAIR_SYSRESET) {
        return;
    }
    finish(sequence, PAIR_OK);
    dsb();
    if (command == PAIR_LOCKUP) {
        fault_lockup();
    }
    if (command == PAIR_SYSRESET) {
        REG32(SCB_AIRCR) = AIRCR_SYSRESETREQ;
    }
    irq_save();
    for (;;) {
        if (command == PAIR_STOP) {
            wfi();
        }
    }
}

static enum pair_status execute(void)
{
    unsigned i;

    for (i = 0; i < 4; i++) {
        pair->result[i] = 0;
    }
    switch (pair->command) {
    case PAIR_PING:
        pair->result[0] = ~pair->arg[0];
        return PAIR_OK;
    case PAIR_LOAD:
        return load();
    case PAIR_STORE:
        return faulted(probe_store(pair->arg[0], pair->arg[1],
                                   pair->arg[2]));
    case PAIR_FETCH:
        return faulted(probe_fetch(pair->arg[0]));
    case PAIR_ADD:
        return add();
    case PAIR_RING:
        return ring();
    case PAIR_POST:
        return post();
    case PAIR_LISTEN:
        doorbell_listen(pair->arg[0], pair->arg[1]);
        return PAIR_OK;
    default:
        return pair_own_command(pair->command);
    }
}

static void start(void)
{
    unsigned i;

    pair->magic = 0;
    pair->ident = pair_ident;
    pair->boots++;
    pair->ticks = 0;
    pair->crashes = 0;
    pair->lost = 0;
    pair->up = 0;
    for (i = 0; i < PAIR_CHANNELS; i++) {
        pair->rung[i] = 0;
    }
    if (pair->done != pair->sequence) {
        finish(pair->sequence, PAIR_DROPPED);
    }
    doorbell_init(&handlers);
    systick_start(CYCLES_PER_MS);
    dmb();
    pair->magic = PAIR_MAGIC;
}

int main(void)
{
    uint32_t sequence;

    start();
    for (;;) {
        sequence = pair->sequence;
        if (sequence == pair->done) {
            wfi();      /* until the next tick */
            continue;
        }
        dmb();
        last_command(sequence);
        finish(sequence, execute());
    }
}
