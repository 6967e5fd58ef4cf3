/*
 * A process that undoes what a debugger has done when hetctl is killed
 *
 * It does nothing as long as hetctl lives, and ends with it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_KEEPER_H
#define HET_DEBUG_KEEPER_H

#include <glib.h>
#include <sys/types.h>

typedef struct HetKeeper HetKeeper;

/*
 * Before there are threads, connections or descriptors of the session.  @uri as
 * for het_conn_open().
 */
HetKeeper *het_keeper_new(const char *uri, const char *soc, GError **error);

/* What hetctl could not undo; the process, which tries for half a minute */
pid_t het_keeper_take_over(HetKeeper *keeper);

/* Nothing else is left to be undone. */
void het_keeper_free(HetKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetKeeper, het_keeper_free)

#endif
