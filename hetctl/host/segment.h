/*
 * The platform memory of a SoC: one POSIX shared memory segment
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SEGMENT_H
#define HET_SEGMENT_H

#include <glib.h>

typedef struct HetSegment HetSegment;

/* Every byte is reserved: no process gets a SIGBUS for lack of memory. */
HetSegment *het_segment_create(const char *soc, guint64 size, GError **error);
/* Of a SoC that runs, which wants @size bytes: HET_ERROR_STATE if it has not */
HetSegment *het_segment_open(const char *soc, guint64 size, GError **error);
/* Closes; the segment itself stays until het_segment_remove(). */
void het_segment_free(HetSegment *segment);

/* Gives the segment to the user that the emulators run as. */
gboolean het_segment_set_owner(HetSegment *segment, guint uid, guint gid,
                               GError **error);
int het_segment_get_fd(const HetSegment *segment);
guint64 het_segment_get_size(const HetSegment *segment);

gboolean het_segment_exists(const char *soc);
/* That it is not there is no error. */
gboolean het_segment_remove(const char *soc, GError **error);

/* "/dev/shm/hetctl-SOC-UID" */
char *het_segment_path(const char *soc);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetSegment, het_segment_free)

#endif
