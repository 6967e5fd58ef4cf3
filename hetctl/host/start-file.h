/*
 * Files beside the segment that are there while a SoC starts, or runs
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
    HET_START_FILE_KERNEL,      /* a kernel, unpacked, ".kernel" */
    /*
     * An empty configuration of the master's emulator. Without it that ends
     * before it has made anything, and names this file: whose name says what
     * to do. So only hetctl starts a master.
     */
    HET_START_FILE_TICKET,
    /*
     * The same for the slaves, but it stays while the SoC runs: one that has
     * ended may be started again by anybody. After a reboot of the host it is
     * gone, and what starts single domains then (virsh autostart,
     * libvirt-guests) starts none of a SoC.
     */
    HET_START_FILE_SLAVE_TICKET,
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
/*
 * A symbolic link to @target, an absolute path, for what is there already: the
 * emulator's user can read that one.
 */
gboolean het_start_file_link(const HetStartFiles *files, HetStartFile file,
                             const char *target, GError **error);
/* Is any of them there? */
gboolean het_start_files_exist(const HetStartFiles *files);
/* These remove those that are there: all, or what only a start needs. */
gboolean het_start_files_remove_all(const HetStartFiles *files,
                                    GError **error);
gboolean het_start_files_remove(const HetStartFiles *files, GError **error);

#endif
