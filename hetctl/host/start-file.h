/*
 * Files in /dev/shm beside the segment that are there while a SoC starts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_START_FILE_H
#define HET_START_FILE_H

#include <glib.h>

typedef enum {
    HET_START_FILE_OVERLAY,     /* the device tree overlay, ".dtbo" */
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

/* "/dev/shm/hetctl-SOC-UID.dtbo" */
char *het_start_file_path(const char *soc, HetStartFile file);

/*
 * A file that is there is replaced. @fill: NULL, it is empty. @uid
 * G_MAXUINT: no other owner.
 */
gboolean het_start_file_write(const char *soc, HetStartFile file, guint uid,
                              guint gid, HetStartFileFill *fill,
                              gconstpointer opaque, GError **error);
/* Is any of them there? */
gboolean het_start_files_exist(const char *soc);
/* Removes those that are there. */
gboolean het_start_files_remove(const char *soc, GError **error);

#endif
