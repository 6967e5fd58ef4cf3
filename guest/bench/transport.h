/*
 * Ways to interrupt another processor
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include "bench.h"

/* Where this firmware's processor sees the control block */
extern volatile struct bench_block *const bench;

struct transport {
    /* @rung is called in each interrupt, which is acknowledged by then. */
    void (*start)(void (*rung)(void));
    void (*ring)(unsigned peer);
};

/* The one that the host has chosen, NULL: none of those linked in. */
const struct transport *transport_find(uint32_t id);

extern const struct transport transport_idm;
extern const struct transport transport_ivshmem;
extern const struct transport transport_mhu_ping;
extern const struct transport transport_mhu_pong;

#endif
