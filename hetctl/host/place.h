/*
 * Where the users of a connection to libvirt have what their SoCs share
 *
 * On a connection of one's own (qemu:///session) that is one's own; on the
 * host's (qemu:///system) a group of users sees, starts and ends the same
 * SoCs, and so shares their locks and memory:
 *
 *   /run/hetctl/                 the locks; root's, the group may write
 *   /run/hetctl/shm              names the folder of the segments,
 *   /dev/shm/hetctl.RANDOM/      which nobody can have made before
 *   /dev/shm/hetrec.RANDOM/      beside it that of the flight recorders
 *
 * Nothing here comes from the environment: two hetctl of one user, started
 * by a login and by cron, exclude each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_PLACE_H
#define HET_PLACE_H

#include <glib.h>

/* With what the names of memory begin: the segments', the recorders' */
#define HET_PLACE_SEGMENTS "hetctl"
#define HET_PLACE_RECORDERS "hetrec"

typedef struct {
    char *locks;                /* a folder */
    char *segments;             /* a folder, for new ones */
    gboolean is_shared;
    guint group;                /* that shares it */
} HetPlace;

/* Makes @path, a folder of root and @group with @mode, as root. */
typedef gboolean HetPlaceMake(const char *path, guint group, guint mode,
                              void *opaque, GError **error);

HetPlace *het_place_own(GError **error);
/*
 * @make: called when the user is not root.  Errors: HET_ERROR_FAILED, also
 * when the user is none of the group
 */
HetPlace *het_place_shared(guint group, HetPlaceMake *make, void *opaque,
                           GError **error);
void het_place_free(HetPlace *place);

/* The folder of the flight recorders of those whose segments are in @segments */
char *het_place_recorders(const char *segments);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetPlace, het_place_free)

#endif
