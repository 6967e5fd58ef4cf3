/*
 * Serving debuggers, one after the other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_SERVER_H
#define HET_DEBUG_SERVER_H

#include "debug/listen.h"
#include "debug/gdb-stubs.h"

typedef struct HetServer HetServer;

/* What went wrong with a debugger; the server goes on. */
typedef void HetServerFunc(const GError *error, void *opaque);

/*
 * Each session has a connection of its own to @uri, as for het_conn_open():
 * libvirtd may be restarted in between.  @options must live as long.
 */
HetServer *het_server_new(const char *uri, const HetStubsOptions *options,
                          HetListener *listener, HetServerFunc *complain,
                          void *opaque);
void het_server_free(HetServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetServer, het_server_free)

/* Until a signal, which the caller has caught, or het_server_quit() */
gboolean het_server_run(HetServer *server, GError **error);
void het_server_quit(HetServer *server);

/* Is there a stub that could not be closed? */
gboolean het_server_has_left(const HetServer *server);

#endif
