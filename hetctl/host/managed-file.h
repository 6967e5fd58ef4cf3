/*
 * Where the file is from which a SoC goes on at its next start
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_MANAGED_FILE_H
#define HET_MANAGED_FILE_H

#include <glib.h>

/* Of the host's connection, or of the user's own */
char *het_managed_path(const char *soc, gboolean is_system);
/* Makes its folder. */
gboolean het_managed_make_folder(const char *path, GError **error);
gboolean het_managed_exists(const char *path);
/* That it is not there is no error. */
gboolean het_managed_remove(const char *path, GError **error);

#endif
