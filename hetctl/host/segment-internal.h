/*
 * Shared memory of a SoC, whatever it is for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SEGMENT_INTERNAL_H
#define HET_SEGMENT_INTERNAL_H

#include "host/segment.h"

#define SHM_FOLDER "/dev/shm"

/*
 * As those of segment.h; @what: it is called so in messages; @room: what the
 * host must have for one that is not reserved now, 0: all of it is
 */
HetSegment *het_segment_create_as(const char *what, const char *path,
                                  guint64 size, guint64 room,
                                  const HetAccess *access, GError **error);
HetSegment *het_segment_open_as(const char *what, const char *path,
                                guint64 size, const char *identity,
                                GError **error);
gboolean het_segment_remove_as(const char *what, const char *path,
                               GError **error);

#endif
