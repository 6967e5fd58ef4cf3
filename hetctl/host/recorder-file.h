/*
 * The memory of the flight recorders of a SoC: for each processor a shared
 * memory object of its own, so that an emulator has its own and no other
 *
 * They lie beside the segment and live as long.  The part of their names that
 * nobody guesses is that of the segment's:
 *
 *   /dev/shm/hetctl-SOC-ID             /dev/shm/hetrec-SOC-ID.PROCESSOR
 *   /dev/shm/hetctl.ID/hetctl-SOC-ID   /dev/shm/hetrec.ID/hetrec-SOC-ID....
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RECORDER_FILE_H
#define HET_RECORDER_FILE_H

#include "host/segment.h"

/* @segment: path of the SoC's */
char *het_recorder_file_path(const char *segment, const char *processor);

/* As het_segment_create() and het_segment_open() */
HetSegment *het_recorder_file_create(const char *segment,
                                     const char *processor, guint64 size,
                                     const HetAccess *access, GError **error);
HetSegment *het_recorder_file_open(const char *segment, const char *processor,
                                   guint64 size, const char *identity,
                                   GError **error);

/* Is one of any processor there, also of one that the SoC has no more? */
gboolean het_recorder_files_exist(const char *segment);
/* Has nobody put anything there? */
gboolean het_recorder_files_are_free(const char *segment);
/* Of all processors; as het_segment_remove() */
gboolean het_recorder_files_remove(const char *segment, GError **error);

#endif
