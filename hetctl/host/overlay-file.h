/*
 * The overlay as a file, which is there while the SoC starts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_OVERLAY_FILE_H
#define HET_OVERLAY_FILE_H

#include <glib.h>

/* "/dev/shm/hetctl-SOC-UID.dtbo" */
char *het_overlay_file_path(const char *soc);

/* A file that is there is replaced.  @uid G_MAXUINT: no other owner. */
gboolean het_overlay_file_write(const char *soc, GBytes *overlay, guint uid,
                                guint gid, GError **error);
gboolean het_overlay_file_exists(const char *soc);
/* That it is not there is no error. */
gboolean het_overlay_file_remove(const char *soc, GError **error);

#endif
