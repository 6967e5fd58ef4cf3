/*
 * IPCC as processor 2. A channel is occupied from the notification by one
 * side until the other side has taken it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MAILBOX_H
#define MAILBOX_H

#include <stdint.h>

/* What stm32_rproc and ST's middleware use them for */
enum channel {
    CHANNEL_VQ0,            /* messages for Linux; free buffers for us */
    CHANNEL_VQ1,            /* messages for us; free buffers for Linux */
    CHANNEL_SHUTDOWN,
    CHANNEL_COUNT,
};

/* Channels that were notified and not yet looked at, as a mask */
extern volatile uint32_t mailbox_news;

void mailbox_init(void);
uint32_t mailbox_take(void);

/* Now, or when Linux has taken what it was notified of last. */
void mailbox_notify(enum channel channel);

/* Acknowledges the request to shut down, and is deaf from then on. */
void mailbox_shut_down(void);

#endif
