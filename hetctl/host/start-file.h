/*
 * Files beside the segment that are there while a SoC starts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_START_FILE_H
#define HET_START_FILE_H

#include "host/access.h"

typedef enum {
    HET_START_FILE_OVERLAY,     /* the device tree overlay, ".dtbo" */
    HET_START_FILE_DTB,         /* a board's device tree, ".dtb" */
    HET_START_FILE_INITRD,      /* initrd and firmware, ".initrd" */
    /*
     * An empty configuration of the master's emulator. Without it that ends
     * before it has made anything, and names this file: whose name says what
     * to do. So only hetctl starts a master.
     */
    HET_START_FILE_TICKET,
    HET_START_FILES
} HetStartFile;

/* Writes to @fd. */
typedef gboolean HetStartFileFill(int fd, gconstpointer opaque,
                                  GError **error);

/* Whose they are */
typedef struct {
    const char *soc;
    const char *segment;        /* its path, with which theirs begin */
} HetStartFiles;

/* "SEGMENT.dtbo" */
char *het_start_file_path(const HetStartFiles *files, HetStartFile file);

/* A file that is there is replaced. @fill: NULL, it is empty. */
gboolean het_start_file_write(const HetStartFiles *files, HetStartFile file,
                              const HetAccess *access,
                              HetStartFileFill *fill, gconstpointer opaque,
                              GError **error);
/* Is any of them there? */
gboolean het_start_files_exist(const HetStartFiles *files);
/* Removes those that are there. */
gboolean het_start_files_remove(const HetStartFiles *files, GError **error);

#endif
