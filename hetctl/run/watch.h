/*
 * Keeping a SoC as its XML wants it, while it runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_WATCH_H
#define HET_WATCH_H

#include "domain/monitor.h"

typedef struct HetWatch HetWatch;

/* Tells @monitor what it does: WATCH_RESTARTED, WATCH_ATTACHED, ... */
HetWatch *het_watch_new(HetMonitor *monitor, const char *soc);
void het_watch_free(HetWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetWatch, het_watch_free)

/* Is there something to do after @event? */
gboolean het_watch_wants(HetWatch *watch, const HetEvent *event);

/*
 * Looks at the whole SoC and does what is to be done: attaches windows for a
 * boot request and detaches them afterwards, starts slaves again, connects
 * lost links.  Takes the SoC's lock for that.  The milliseconds after which
 * it wants to look again, -1: after the next event.
 */
int het_watch_look(HetWatch *watch, virConnectPtr conn);

#endif
