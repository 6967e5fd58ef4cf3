/*
 * The mailbox between this core and the Linux that has booted it: channels
 * that either side rings. Of an STM32MP1 it is the IPCC (ipcc.c), of an i.MX
 * the messaging unit (imx-mu.c); mbox.c goes with either.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MBOX_H
#define MBOX_H

#include <stdint.h>

/* What Linux uses the channels for; imx_rproc has the first two */
#define CHANNEL_TO_LINUX    0   /* ring 0: news for Linux, free buffers */
#define CHANNEL_FROM_LINUX  1   /* ring 1 */
#define CHANNEL_SHUTDOWN    2
#define CHANNEL_DETACH      3   /* Linux leaves this core alone */

/*
 * Forgets what a previous firmware has left, then listens on @channels. Those
 * in @manual stay rung until mbox_shut_down(); the others are free for the next
 * ring as soon as they are seen.
 */
void mbox_init(uint32_t channels, uint32_t manual);

/* For the interrupt of a chip's mailbox: Linux has rung @channels. */
void mbox_seen(uint32_t channels);

/* The channels that were rung since the last look, as a mask. */
uint32_t mbox_take(void);

/* Sleeps until a channel was rung, then as mbox_take(). */
uint32_t mbox_wait(void);

/* Rings @channel, now or as soon as Linux has seen the last ring. */
void mbox_ring(unsigned channel);

/*
 * The answer to a request to shut down on @channel: mailbox off, request
 * acknowledged, sleep. Linux resets the core as soon as it has the answer.
 */
__attribute__((noreturn)) void mbox_shut_down(unsigned channel);

#endif
