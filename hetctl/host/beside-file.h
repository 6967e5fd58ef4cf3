/*
 * Shared memory beside the segment of a SoC, that lives as long: for each
 * processor that of its flight recorder, so that an emulator has its own and
 * no other; the map of what is in the segment already, and the image that it
 * is filled from
 *
 * The part of their names that nobody guesses is that of the segment's:
 *
 *   /dev/shm/hetctl-SOC-ID             /dev/shm/hetrec-SOC-ID.NAME
 *   /dev/shm/hetctl.ID/hetctl-SOC-ID   /dev/shm/hetrec.ID/hetrec-SOC-ID.NAME
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_BESIDE_FILE_H
#define HET_BESIDE_FILE_H

#include "host/segment.h"

/* @segment: path of the SoC's; @name: a processor, or what none is called */
char *het_beside_file_path(const char *segment, const char *name);
/* Where they lie */
char *het_beside_file_folder(const char *segment);

/* As het_segment_create() and het_segment_open(); @what: for messages */
HetSegment *het_beside_file_create(const char *what, const char *segment,
                                   const char *name, guint64 size,
                                   const HetAccess *access, GError **error);
HetSegment *het_beside_file_open(const char *what, const char *segment,
                                 const char *name, guint64 size,
                                 const char *identity, GError **error);
/* What @fd is gets that name too; its memory is gone with the last one. */
gboolean het_beside_file_link(const char *what, const char *segment,
                              const char *name, int fd, GError **error);

/* Is one there, also of a processor that the SoC has no more? */
gboolean het_beside_files_exist(const char *segment);
/* Has nobody put anything there? */
gboolean het_beside_files_are_free(const char *segment);
/* All of them; as het_segment_remove() */
gboolean het_beside_files_remove(const char *segment, GError **error);

#endif
