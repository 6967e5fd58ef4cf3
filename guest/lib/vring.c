/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "vring.h"
#include "cpu.h"

struct vring_desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags;
    uint16_t next;
};

struct vring_avail {
    uint16_t flags;
    uint16_t idx;
    uint16_t ring[];
};

#define AVAIL_NO_INTERRUPT 1

struct vring_used_elem {
    uint32_t id;
    uint32_t len;
};

struct vring_used {
    uint16_t flags;
    uint16_t idx;
    struct vring_used_elem ring[];
};

#define USED_NO_NOTIFY 1

void vring_init(struct vring *ring, uint32_t base, uint16_t num,
                uint32_t align)
{
    uint32_t avail = base + num * sizeof(struct vring_desc);
    uint32_t end = avail + (3u + num) * sizeof(uint16_t);

    ring->desc = (volatile struct vring_desc *)(uintptr_t)base;
    ring->avail = (volatile struct vring_avail *)(uintptr_t)avail;
    ring->used = (volatile struct vring_used *)(uintptr_t)
                 ((end + align - 1) & ~(align - 1));
    ring->num = num;
    ring->seen = 0;
}

bool vring_peek(struct vring *ring, struct vring_buffer *buffer)
{
    volatile struct vring_desc *desc;
    uint16_t id;

    if (ring->seen == ring->avail->idx) {
        return false;
    }
    dmb();
    id = ring->avail->ring[ring->seen % ring->num] % ring->num;
    desc = &ring->desc[id];
    buffer->id = id;
    buffer->size = desc->len;
    buffer->data = (void *)(uintptr_t)desc->addr;
    return true;
}

void vring_use(struct vring *ring, const struct vring_buffer *buffer,
               uint32_t written)
{
    uint16_t idx = ring->used->idx;

    ring->seen++;
    ring->used->ring[idx % ring->num].id = buffer->id;
    ring->used->ring[idx % ring->num].len = written;
    dmb();
    ring->used->idx = idx + 1;
}

bool vring_driver_wants_notify(struct vring *ring)
{
    dmb();
    return !(ring->avail->flags & AVAIL_NO_INTERRUPT);
}

void vring_want_notify(struct vring *ring, bool want)
{
    ring->used->flags = want ? 0 : USED_NO_NOTIFY;
    dmb();
}
