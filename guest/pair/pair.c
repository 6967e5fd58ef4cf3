/*
 * Bare pair: serves the commands of a struct pair_block
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "internal.h"
#include "cpu.h"
#include "doorbell.h"
#include "idm.h"
#include "irq.h"
#include "probe.h"
#include "semaphore.h"
#include "startup.h"
#include "tally.h"

#define SCB_AIRCR 0xe000ed0c
#define AIRCR_SYSRESETREQ 0x05fa0004

/* Behind the block */
#define streams ((volatile struct pair_stream *)(pair + 1))

static uint32_t sent[PAIR_PEERS];
static volatile uint32_t received;
static volatile uint32_t last_channel;
static volatile uint32_t last_word;
static uint32_t counted;        /* channels */

void tick_handler(void)
{
    pair->ticks++;
    doorbell_look_for_peers();
}

/* Words count up: what is missing was lost, what comes again was doubled. */
static void count(volatile struct pair_stream *stream, uint32_t word)
{
    stream->received++;
    if (word <= stream->last) {
        stream->doubled++;
        return;
    }
    stream->lost += word - stream->last - 1;
    stream->last = word;
}

static void rung(unsigned peer, unsigned channel, uint32_t word)
{
    pair->rung[channel]++;
    last_channel = channel;
    last_word = word;
    received++;
    if (counted >> channel & 1) {
        count(&streams[peer], word);
        return;
    }
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
    pair->result[2] = fault.status;
    pair->result[3] = (uint32_t)fault.address;
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
#if CPU_HAS_EXCLUSIVES
    volatile uint32_t *p = (volatile uint32_t *)(uintptr_t)pair->arg[0];
    uint32_t i, count = pair->arg[1];

    for (i = 0; i < count; i++) {
        exclusive_add(p, 1);
    }
    return PAIR_OK;
#else
    return PAIR_UNKNOWN;
#endif
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

static void count_afresh(uint32_t channels)
{
    uintptr_t mask = irq_save();
    unsigned i;

    for (i = 0; i < PAIR_PEERS; i++) {
        streams[i] = (struct pair_stream){ 0 };
    }
    counted = channels;
    irq_restore(mask);
}

/* Rings the peers that have a free channel; returns who must still be rung. */
static uint32_t ring_all(uint32_t peers, bool *progress)
{
    uint32_t channel = pair->arg[1], total = pair->arg[2];
    unsigned i;

    for (i = 0; i < PAIR_PEERS; i++) {
        if (!(peers >> i & 1)) {
            continue;
        }
        if (sent[i] == total) {
            peers &= ~(1u << i);
        } else if (doorbell_try_ring(i, channel, sent[i] + 1)) {
            sent[i]++;
            *progress = true;
        }
    }
    return peers;
}

static enum pair_status stream(void)
{
    uint32_t before, peers = pair->arg[0];
    bool progress;
    unsigned i;

    for (i = 0; i < PAIR_PEERS; i++) {
        sent[i] = 0;
    }
    while (peers) {
        before = doorbell_freed;
        progress = false;
        peers = ring_all(peers, &progress);
        if (peers && !progress) {
            wfi_unless(&doorbell_freed, before);
        }
    }
    return PAIR_OK;
}

/* Counts, or looks at what the other counts */
static enum pair_status tally(bool counts)
{
    volatile uint32_t *counter =
        (volatile uint32_t *)(uintptr_t)pair->arg[0];
    volatile uint32_t *stop = (volatile uint32_t *)(uintptr_t)pair->arg[1];
    bool ok = counts ? tally_count(counter, stop)
                     : tally_look(counter, stop, pair->arg[2]);

    return ok ? PAIR_OK : PAIR_UNKNOWN;
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
    if (!CPU_HAS_LOCKUP &&
        (command == PAIR_LOCKUP || command == PAIR_SYSRESET)) {
        return;
    }
    finish(sequence, PAIR_OK);
    dsb();
    if (command == PAIR_LOCKUP) {
        fault_stop();
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
    case PAIR_SEM_ADD:
        pair->result[0] = semaphore_add(pair->arg[0], pair->arg[1],
                                        pair->arg[2], pair->arg[3]);
        return PAIR_OK;
    case PAIR_RING:
        return ring();
    case PAIR_POST:
        return post();
    case PAIR_COUNT:
        count_afresh(pair->arg[0]);
        return PAIR_OK;
    case PAIR_STREAM:
        return stream();
    case PAIR_TALLY:
        return tally(true);
    case PAIR_LOOK:
        return tally(false);
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
    count_afresh(0);
    if (pair->done != pair->sequence) {
        finish(pair->sequence, PAIR_DROPPED);
    }
    doorbell_init(&handlers);
    tick_start();
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
