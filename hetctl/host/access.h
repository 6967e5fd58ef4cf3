/*
 * Who may use the files that hetctl makes for a SoC, besides the user himself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_ACCESS_H
#define HET_ACCESS_H

#include <glib.h>

typedef struct {
    gboolean has_emulator;      /* the emulators are another user's */
    guint uid;
    guint gid;
    gboolean has_group;         /* the connection is shared by a group */
    guint group;
} HetAccess;

/*
 * Lets those of @access, and nobody else, read and write the new file @fd.
 * As root the emulators' user becomes its owner, else an ACL names him.
 */
gboolean het_access_grant(int fd, const HetAccess *access, GError **error);

#endif
