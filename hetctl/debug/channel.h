/*
 * A stream of bytes in the event loop, that nobody waits for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_CHANNEL_H
#define HET_DEBUG_CHANNEL_H

#include <glib.h>

typedef struct HetChannel HetChannel;

/*
 * What came in; @size 0: the other end has gone.  It may free the channel.
 */
typedef void HetChannelFunc(const guint8 *data, gsize size, void *opaque);

/* Takes @fd, a socket. */
HetChannel *het_channel_new(int fd, HetChannelFunc *func, void *opaque);
void het_channel_free(HetChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetChannel, het_channel_free)

/*
 * What cannot be written at once is kept, up to a limit: who does not read for
 * so long has gone.
 */
void het_channel_write(HetChannel *channel, const guint8 *data, gsize size);

/* As long as it is off, nothing comes in. */
void het_channel_set_reading(HetChannel *channel, gboolean reading);

#endif
