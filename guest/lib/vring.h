/*
 * Split virtqueue, device side. The driver (Linux) owns the memory and makes
 * buffers available; the device uses them and gives them back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef VRING_H
#define VRING_H

#include <stdbool.h>
#include <stdint.h>

struct vring_desc;
struct vring_avail;
struct vring_used;

struct vring {
    volatile struct vring_desc *desc;
    volatile struct vring_avail *avail;
    volatile struct vring_used *used;
    uint16_t num;
    uint16_t seen;          /* avail->idx up to which buffers were taken */
};

struct vring_buffer {
    uint16_t id;
    uint32_t size;
    void *data;
};

void vring_init(struct vring *ring, uint32_t base, uint16_t num,
                uint32_t align);

/* The next available buffer; it stays available until vring_use(). */
bool vring_peek(struct vring *ring, struct vring_buffer *buffer);

/* Gives the peeked buffer back, with @written bytes for the driver. */
void vring_use(struct vring *ring, const struct vring_buffer *buffer,
               uint32_t written);

/* Does the driver want to be told of used buffers? */
bool vring_driver_wants_notify(struct vring *ring);

/*
 * Asks the driver for notifications of available buffers, or to be left
 * alone. After asking, look once more: a buffer may have come before.
 */
void vring_want_notify(struct vring *ring, bool want);

#endif
