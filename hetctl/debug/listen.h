/*
 * Where a debugger connects: "unix:PATH" or "HOST:PORT"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_LISTEN_H
#define HET_DEBUG_LISTEN_H

#include <glib.h>

typedef struct HetListener HetListener;

/*
 * NULL: a free port of this host, for nobody else.  So is a port without a
 * host.  Errors: HET_ERROR_USAGE, HET_ERROR_STATE: it is in use
 */
HetListener *het_listener_new(const char *address, GError **error);
void het_listener_free(HetListener *listener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetListener, het_listener_free)

/* As GDB's "target" takes it */
const char *het_listener_address(const HetListener *listener);
int het_listener_fd(const HetListener *listener);
/* -1: nobody has connected, after all */
int het_listener_accept(HetListener *listener);

#endif
