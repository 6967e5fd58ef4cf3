/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "endpoint.h"
#include "cpu.h"
#include "mailbox.h"
#include "string.h"
#include "system.h"
#include "trace.h"
#include "vring.h"

#define FEATURE_NAME_SERVICE (1u << 0)
#define NAME_SERVICE_ADDR 53
#define FIRST_ADDR 0x400
#define MAX_ENDPOINTS 4

struct header {
    uint32_t src;
    uint32_t dst;
    uint32_t reserved;
    uint16_t len;
    uint16_t flags;
};

struct announcement {
    char name[32];
    uint32_t addr;
    uint32_t flags;             /* 0: created */
};

static struct vring to_linux, from_linux;
static struct endpoint *endpoints[MAX_ENDPOINTS];
static unsigned count;

bool endpoint_driver_ready(const volatile struct rproc_vdev *vdev)
{
    bool ready = vdev->status & VIRTIO_DRIVER_OK;

    dmb();
    return ready;
}

void endpoint_start(const volatile struct rproc_vdev *vdev)
{
    const volatile struct rproc_vring *r = vdev->vring;

    if (!(vdev->gfeatures & vdev->dfeatures & FEATURE_NAME_SERVICE)) {
        system_fail("virtio: no name service", vdev->gfeatures);
    }
    vring_init(&to_linux, r[0].da, r[0].num, r[0].align);
    vring_init(&from_linux, r[1].da, r[1].num, r[1].align);
    trace("virtio: status %02x, features %x, rings at %08x %08x\n",
          vdev->status, (unsigned)vdev->gfeatures, (unsigned)r[0].da,
          (unsigned)r[1].da);
}

static bool can_send(void)
{
    struct vring_buffer buffer;

    return vring_peek(&to_linux, &buffer);
}

static void send(uint32_t src, uint32_t dst, const void *data, uint16_t len)
{
    struct vring_buffer buffer;
    struct header *header;

    if (!vring_peek(&to_linux, &buffer)) {
        system_fail("virtio: no buffer", dst);
    }
    header = buffer.data;
    *header = (struct header){ .src = src, .dst = dst, .len = len };
    memcpy(header + 1, data, len);
    vring_use(&to_linux, &buffer, sizeof(*header) + len);
    mailbox_notify(CHANNEL_VQ0);
}

void endpoint_open(struct endpoint *endpoint)
{
    struct announcement a = { .flags = 0 };
    unsigned i;

    endpoint->addr = FIRST_ADDR + count;
    endpoints[count++] = endpoint;
    for (i = 0; endpoint->name[i] && i < sizeof(a.name) - 1; i++) {
        a.name[i] = endpoint->name[i];
    }
    a.addr = endpoint->addr;
    send(endpoint->addr, NAME_SERVICE_ADDR, &a, sizeof(a));
    trace("rpmsg: %s at %u\n", endpoint->name, (unsigned)endpoint->addr);
}

static struct endpoint *find(uint32_t addr)
{
    return addr >= FIRST_ADDR && addr < FIRST_ADDR + count ?
           endpoints[addr - FIRST_ADDR] : 0;
}

static void deliver(const struct header *header)
{
    struct endpoint *endpoint = find(header->dst);
    uint8_t data[ENDPOINT_PAYLOAD];
    uint16_t len = header->len;

    if (!endpoint || len > ENDPOINT_PAYLOAD) {
        trace("rpmsg: %u bytes for %u dropped\n", len,
              (unsigned)header->dst);
        return;
    }
    memcpy(data, header + 1, len);
    endpoint->messages++;
    if (endpoint->receive(data, len)) {
        send(endpoint->addr, header->src, data, len);
    }
}

void endpoint_serve(void)
{
    struct vring_buffer buffer;
    bool served = false;

    while (can_send() && vring_peek(&from_linux, &buffer)) {
        deliver(buffer.data);
        vring_use(&from_linux, &buffer, 0);
        served = true;
    }
    if (served) {
        mailbox_notify(CHANNEL_VQ1);
    }
}
