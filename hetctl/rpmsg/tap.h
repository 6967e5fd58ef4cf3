/*
 * The messages that pass through the vrings of a slave, seen from outside
 *
 * The rings are looked at again and again.  Buffers keep their content until
 * they are used anew, so that what has passed since can be read: as many
 * messages as the ring has buffers, which is checked.  Nothing in the memory is
 * trusted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_TAP_H
#define HET_TAP_H

#include "rpmsg/vrings.h"

/* Of a message that says more there is this much. */
#define HET_TAP_PAYLOAD_MAX 4096

typedef struct {
    HetSide from;
    guint32 notifyid;           /* of its ring */
    HetRpmsgHeader header;
    GBytes *bytes;              /* header and payload, as far as they can be
                                   read */
} HetTapMessage;

void het_tap_message_free(HetTapMessage *message);

typedef struct HetTap HetTap;

/* @from_begin: what has passed before the first poll is wanted as well */
HetTap *het_tap_new(const HetSharedMemory *memory, guint64 table,
                    gboolean from_begin);
void het_tap_free(HetTap *tap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetTap, het_tap_free)

/*
 * Appends HetTapMessage that have passed since the last time, a ring after the
 * other; the first time none.  Adds to @lost those that were too many.
 */
void het_tap_poll(HetTap *tap, GPtrArray *messages, guint64 *lost);

/* Had the device a driver, the last time? */
gboolean het_tap_is_up(const HetTap *tap);

/* The announcement in a message of the name service, or NULL */
HetRpmsgName *het_tap_announcement(const HetTapMessage *message);

#endif
