/*
 * Where hetctl keeps what it has saved of SoCs: the file from which one goes
 * on at its next start, and its snapshots
 *
 *   /var/lib/hetctl/saved/{system,session}/SOC
 *   /var/lib/hetctl/snapshots/{system,session}/SOC/NAME
 *
 * Of a user who is not root the same in his data folder.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SAVED_FILE_H
#define HET_SAVED_FILE_H

#include <glib.h>

/* Of the host's connection, or of the user's own */
char *het_managed_path(const char *soc, gboolean is_system);
/* @name NULL: the folder of all of them. @name must be a valid one. */
char *het_snapshot_path(const char *soc, const char *name,
                        gboolean is_system);
/* Letters, digits, '.', '_', '+', '-'; no '.' first; HET_ERROR_USAGE */
gboolean het_snapshot_check_name(const char *name, GError **error);
/* Names, sorted; none is no error. */
GPtrArray *het_snapshot_names(const char *soc, gboolean is_system);

/* Makes the folder of @path. */
gboolean het_saved_make_folder(const char *path, GError **error);
gboolean het_saved_exists(const char *path);
/* That it is not there is no error. */
gboolean het_saved_remove(const char *path, GError **error);

#endif
