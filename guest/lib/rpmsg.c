/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rpmsg.h"
#include "cpu.h"
#include "mbox.h"
#include "string.h"

#define NAME_SERVICE_ADDR 53
#define NAME_SIZE 32

struct header {
    uint32_t src;
    uint32_t dst;
    uint32_t reserved;
    uint16_t len;
    uint16_t flags;
};

struct name_service {
    char name[NAME_SIZE];
    uint32_t addr;
    uint32_t flags;         /* 0: created */
};

bool rpmsg_ready(const volatile struct rproc_vdev *vdev)
{
    bool ok = vdev->status & VIRTIO_DRIVER_OK;

    dmb();
    return ok;
}

void rpmsg_start(struct rpmsg *rpmsg, const volatile struct rproc_vdev *vdev)
{
    const volatile struct rproc_vring *r = vdev->vring;

    vring_init(&rpmsg->to_linux, r[0].da, r[0].num, r[0].align);
    vring_init(&rpmsg->from_linux, r[1].da, r[1].num, r[1].align);
}

bool rpmsg_announce(struct rpmsg *rpmsg, const char *name, uint32_t addr)
{
    struct name_service ns = { .addr = addr };
    unsigned i;

    for (i = 0; name[i] && i < NAME_SIZE - 1; i++) {
        ns.name[i] = name[i];
    }
    return rpmsg_send(rpmsg, addr, NAME_SERVICE_ADDR, &ns, sizeof(ns));
}

bool rpmsg_peek(struct rpmsg *rpmsg, struct rpmsg_message *message)
{
    const struct header *header;

    if (!vring_peek(&rpmsg->from_linux, &message->buffer)) {
        return false;
    }
    header = message->buffer.data;
    message->src = header->src;
    message->dst = header->dst;
    message->len = header->len;
    if (message->len > RPMSG_PAYLOAD) {
        message->len = RPMSG_PAYLOAD;
    }
    message->data = (const uint8_t *)(header + 1);
    return true;
}

void rpmsg_release(struct rpmsg *rpmsg, const struct rpmsg_message *message)
{
    vring_use(&rpmsg->from_linux, &message->buffer, 0);
}

bool rpmsg_send(struct rpmsg *rpmsg, uint32_t src, uint32_t dst,
                const void *data, uint16_t len)
{
    struct vring_buffer buffer;
    struct header *header;

    if (!vring_peek(&rpmsg->to_linux, &buffer)) {
        return false;
    }
    header = buffer.data;
    header->src = src;
    header->dst = dst;
    header->reserved = 0;
    header->len = len;
    header->flags = 0;
    memcpy(header + 1, data, len);
    vring_use(&rpmsg->to_linux, &buffer, sizeof(*header) + len);
    return true;
}

/*
 * A kick for free buffers is of interest only while there are none, one for
 * messages only while there is an end to them.
 */
static bool have(struct vring *ring)
{
    struct vring_buffer buffer;

    if (vring_peek(ring, &buffer)) {
        vring_want_notify(ring, false);
        return true;
    }
    vring_want_notify(ring, true);
    return vring_peek(ring, &buffer);
}

bool rpmsg_can_answer(struct rpmsg *rpmsg)
{
    return have(&rpmsg->from_linux) && have(&rpmsg->to_linux);
}

void rpmsg_notify(struct rpmsg *rpmsg)
{
    if (vring_driver_wants_notify(&rpmsg->to_linux)) {
        mbox_ring(CHANNEL_TO_LINUX);
    }
    if (vring_driver_wants_notify(&rpmsg->from_linux)) {
        mbox_ring(CHANNEL_FROM_LINUX);
    }
}
