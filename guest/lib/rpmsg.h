/*
 * rpmsg over a virtio device that Linux drives: ring 0 goes to Linux,
 * ring 1 comes from it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RPMSG_H
#define RPMSG_H

#include "vring.h"
#include "remoteproc.h"

#define RPMSG_PAYLOAD 496

struct rpmsg {
    struct vring to_linux;
    struct vring from_linux;
};

struct rpmsg_message {
    uint32_t src;
    uint32_t dst;
    uint16_t len;
    const uint8_t *data;
    struct vring_buffer buffer;
};

/* Has the driver said DRIVER_OK? Only then are the rings in place. */
bool rpmsg_ready(const volatile struct rproc_vdev *vdev);

void rpmsg_start(struct rpmsg *rpmsg, const volatile struct rproc_vdev *vdev);

/* Tells Linux' name service of a channel at our address @addr. */
bool rpmsg_announce(struct rpmsg *rpmsg, const char *name, uint32_t addr);

/* The oldest message; it stays in the ring until rpmsg_release(). */
bool rpmsg_peek(struct rpmsg *rpmsg, struct rpmsg_message *message);
void rpmsg_release(struct rpmsg *rpmsg, const struct rpmsg_message *message);

/* False when Linux has no free buffer for us. */
bool rpmsg_send(struct rpmsg *rpmsg, uint32_t src, uint32_t dst,
                const void *data, uint16_t len);

/* Is there a message from Linux, and a free buffer for an answer? */
bool rpmsg_can_answer(struct rpmsg *rpmsg);

/* Rings Linux for what was sent and released, if it wants to know. */
void rpmsg_notify(struct rpmsg *rpmsg);

#endif
