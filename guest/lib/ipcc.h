/*
 * STM32MP1 inter-processor communication controller, seen by processor 2
 * (RM0436 "IPCC"). A channel has a flag for each direction: the sender sets
 * it (occupied), the receiver clears it (free).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef IPCC_H
#define IPCC_H

#include <stdint.h>

/* What Linux' stm32_rproc uses the channels for */
#define CHANNEL_TO_LINUX    0   /* ring 0: news for Linux, free buffers */
#define CHANNEL_FROM_LINUX  1   /* ring 1 */
#define CHANNEL_SHUTDOWN    2
#define CHANNEL_DETACH      3   /* Linux leaves this core alone */

/*
 * Frees whatever a previous firmware has left occupied, then listens on
 * @channels. Those in @manual stay occupied until ipcc_shut_down(); the others
 * are freed as soon as they are seen.
 */
void ipcc_init(uint32_t channels, uint32_t manual);

/* The channels that were rung since the last look, as a mask. */
uint32_t ipcc_take(void);

/* Sleeps until a channel was rung, then as ipcc_take(). */
uint32_t ipcc_wait(void);

/* Rings @channel, now or as soon as processor 1 has freed it. */
void ipcc_ring(unsigned channel);

/*
 * The answer to a request to shut down on @channel: mailbox off, request
 * acknowledged, sleep. Linux resets the core as soon as it has the answer.
 */
__attribute__((noreturn)) void ipcc_shut_down(unsigned channel);

#endif
