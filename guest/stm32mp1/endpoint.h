/*
 * rpmsg endpoints over the virtio device of the resource table, as the remote
 * side of OpenAMP does it: the other side is always notified, and notifies
 * always.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include "remoteproc.h"
#include <stdbool.h>
#include <stdint.h>

#define ENDPOINT_PAYLOAD 496

struct endpoint {
    const char *name;
    /* @data may be changed, its length not. False: there is no answer. */
    bool (*receive)(uint8_t *data, uint16_t len);
    uint32_t addr;              /* given by endpoint_open() */
    unsigned messages;
};

/* Has Linux' driver set the device up? */
bool endpoint_driver_ready(const volatile struct rproc_vdev *vdev);

/* Takes the rings that Linux has put in place, with what it has accepted. */
void endpoint_start(const volatile struct rproc_vdev *vdev);

/* Gives it an address and tells Linux of it. */
void endpoint_open(struct endpoint *endpoint);

/* Serves the messages that have come, as far as there is room for answers. */
void endpoint_serve(void);

#endif
