/*
 * Doorbells over the native IDM: a channel and a word
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef DOORBELL_H
#define DOORBELL_H

#include <stdbool.h>
#include <stdint.h>

#define DOORBELL_CHANNELS 32
#define DOORBELL_PEERS 16

/* Both are called in the interrupt. @events: IDM_EV_* */
struct doorbell_handlers {
    void (*rung)(unsigned peer, unsigned channel, uint32_t word);
    void (*event)(unsigned peer, uint32_t events);
};

void doorbell_init(const struct doorbell_handlers *handlers);

/* Listens to peers that the IDM has got to know since the last call. */
void doorbell_look_for_peers(void);

void doorbell_ring(unsigned peer, unsigned channel, uint32_t word);

/*
 * Rings if the channel is free.  Else doorbell_freed grows once it is: look
 * at it before, and wait for it to change.
 */
bool doorbell_try_ring(unsigned peer, unsigned channel, uint32_t word);
extern volatile uint32_t doorbell_freed;

/* The other channels of @peer do not interrupt. */
void doorbell_listen(unsigned peer, uint32_t channels);

/* The boot line of the peer's core */
void doorbell_release(unsigned peer);
void doorbell_hold(unsigned peer);

/* Number of the peer with this name (16 characters of it), or -1 */
int doorbell_find(const char *name);

uint32_t doorbell_status(unsigned peer);
uint32_t doorbell_boots(unsigned peer);

#endif
