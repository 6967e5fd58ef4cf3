/*
 * Files that other hosts have sent for SoCs that are defined here
 *
 * They lie in a folder for each define, of who has defined it. It is removed
 * when no domain names it any more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SENT_FILES_H
#define HET_SENT_FILES_H

#include <glib.h>

/* Those of the host's connection, or of the user's own */
char *het_sent_folder(gboolean is_system);

/*
 * Removes the folders in @folder whose path is in none of @texts, and which no
 * hetctl is filling.
 */
void het_sent_sweep(const char *folder, const char *const *texts);

#endif
