/*
 * The platform memory of a SoC: one POSIX shared memory segment
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SEGMENT_H
#define HET_SEGMENT_H

#include "host/access.h"
#include "host/demand-map.h"
#include "host/place.h"

typedef struct HetSegment HetSegment;

/*
 * Where the segment of a SoC can be: another path each time, that nobody
 * guesses, so that nobody can have made a file there before.
 */
char *het_segment_new_path(const HetPlace *place, const char *soc);
/* For a description that libvirt is not given now */
char *het_segment_any_path(const char *soc);
/* Can it be one of those? What has been kept elsewhere is not trusted. */
gboolean het_segment_is_path(const char *path);

/*
 * There is room for it.  Once het_segment_reserve() has taken all of it no
 * process gets a SIGBUS for lack of memory.
 */
HetSegment *het_segment_create(const char *path, guint64 size,
                               const HetAccess *access, GError **error);
/* None is: it takes a HetDemandMap, with which the emulators fill it. */
HetSegment *het_segment_create_on_demand(const char *path, guint64 size,
                                         const HetAccess *access,
                                         GError **error);
/* Of one that is not reserved yet */
gboolean het_segment_reserve(const HetSegment *segment, guint64 offset,
                             guint64 size, GError **error);
/* All of it is zero, and takes no memory. */
gboolean het_segment_clear(const HetSegment *segment, GError **error);
/* Takes @demand. */
void het_segment_set_demand(HetSegment *segment, HetDemandMap *demand);
/*
 * Before hetctl reads or writes there. Errors: HET_ERROR_RESOURCE when the
 * host has no memory for it
 */
gboolean het_segment_require(const HetSegment *segment, guint64 offset,
                             guint64 size, GError **error);
/* The same of all that is not zero */
gboolean het_segment_require_image(const HetSegment *segment, GError **error);
/*
 * Of a SoC that runs, which wants @size bytes and has started with the
 * segment @identity (NULL: it is not known): HET_ERROR_STATE if it has not
 */
HetSegment *het_segment_open(const char *path, guint64 size,
                             const char *identity, GError **error);
/* Closes; the segment itself stays until het_segment_remove(). */
void het_segment_free(HetSegment *segment);

int het_segment_get_fd(const HetSegment *segment);
guint64 het_segment_get_size(const HetSegment *segment);
/* No other file of this host has it now, "25:1234" */
char *het_segment_identity(const HetSegment *segment);

/* Not what another user has put there, who does not share the folder */
gboolean het_segment_exists(const char *path);
/* Bytes that it has now; 0: it is not there */
guint64 het_segment_size_now(const char *path);
/* Can a segment be made there? */
gboolean het_segment_is_free(const char *path);
/* That it is not there, or another user's, is no error. */
gboolean het_segment_remove(const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetSegment, het_segment_free)

#endif
