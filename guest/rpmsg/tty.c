/*
 * rpmsg-tty server: answers each message that Linux writes to /dev/ttyRPMSG0.
 * Everything happens between two sleeps, woken by the mailbox.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tty.h"
#include "mbox.h"
#include "resources.h"
#include "rpmsg.h"
#include "startup.h"
#include "string.h"
#include "trace.h"

#define TTY_ADDR 1024

static struct rpmsg rpmsg;
static unsigned answered;

static void answer(void)
{
    struct rpmsg_message message;
    uint8_t data[RPMSG_PAYLOAD];

    rpmsg_peek(&rpmsg, &message);
    memcpy(data, message.data, message.len);
    if (message.dst == TTY_ADDR) {
        tty_answer(data, message.len);
        rpmsg_send(&rpmsg, TTY_ADDR, message.src, data, message.len);
        answered++;
    } else {
        trace("message for unknown address %u\n", (unsigned)message.dst);
    }
    rpmsg_release(&rpmsg, &message);
}

static bool connect(void)
{
    if (!rpmsg_ready(resources_vdev)) {
        return false;
    }
    rpmsg_start(&rpmsg, resources_vdev);
    if (!rpmsg_announce(&rpmsg, "rpmsg-tty", TTY_ADDR)) {
        return false;
    }
    rpmsg_notify(&rpmsg);
    trace("rings at %08x %08x, rpmsg-tty at address %u\n",
          (unsigned)resources_vdev->vring[0].da,
          (unsigned)resources_vdev->vring[1].da, TTY_ADDR);
    return true;
}

static void serve(void)
{
    while (rpmsg_can_answer(&rpmsg)) {
        answer();
        rpmsg_notify(&rpmsg);
    }
}

int main(void)
{
    bool connected = false;
    uint32_t rung;

    trace("%s\n", tty_banner);
    mbox_init(1u << CHANNEL_TO_LINUX | 1u << CHANNEL_FROM_LINUX |
              1u << CHANNEL_SHUTDOWN | 1u << CHANNEL_DETACH,
              1u << CHANNEL_SHUTDOWN);
    for (;;) {
        connected = connected || connect();
        if (connected) {
            serve();
        }
        rung = mbox_wait();
        if (rung & 1u << CHANNEL_DETACH) {
            trace("detached after %u messages\n", answered);
            connected = false;
        }
        if (rung & 1u << CHANNEL_SHUTDOWN) {
            trace("shutdown after %u messages\n", answered);
            mbox_shut_down(CHANNEL_SHUTDOWN);
        }
    }
}
