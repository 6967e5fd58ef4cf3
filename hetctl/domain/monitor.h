/*
 * What happens in a SoC, as libvirt tells it; comes back when libvirtd does
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_MONITOR_H
#define HET_MONITOR_H

#include <libvirt/libvirt.h>

#include "qmp/event.h"

typedef struct HetMonitor HetMonitor;

typedef void HetMonitorFunc(const HetEvent *event, void *opaque);

/*
 * @func is called in the event loop, which must have been initialised.  It
 * gets the events of the emulators and what becomes of the domains:
 * DOMAIN_STARTED, DOMAIN_STOPPED, DOMAIN_REBOOTED, ..., and of the connection:
 * LIBVIRT_LOST, LIBVIRT_CONNECTED (not for the first one).
 */
HetMonitor *het_monitor_new(const char *uri, const char *soc,
                            HetMonitorFunc *func, void *opaque);
void het_monitor_free(HetMonitor *monitor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetMonitor, het_monitor_free)

/* The first connection */
gboolean het_monitor_open(HetMonitor *monitor, GError **error);

/* Owned by @monitor; another one after each het_monitor_run() */
virConnectPtr het_monitor_get_conn(HetMonitor *monitor);

/*
 * Runs the event loop until het_monitor_wake(), which @func calls, or until
 * @timeout_ms are over (-1: never).  When libvirtd has gone, waits until it is
 * back.  FALSE: a signal came, or the loop failed.  The caller catches
 * signals.
 */
gboolean het_monitor_run(HetMonitor *monitor, int timeout_ms, GError **error);
void het_monitor_wake(HetMonitor *monitor);

/* Calls the function with an event of our own that happens now. */
void het_monitor_tell(HetMonitor *monitor, const char *processor,
                      const char *name, JsonObject *data);

#endif
