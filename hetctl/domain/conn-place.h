/*
 * Locks and memory of the SoCs of a connection: where they are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CONN_PLACE_H
#define HET_CONN_PLACE_H

#include <libvirt/libvirt.h>

#include "host/access.h"
#include "host/lock.h"
#include "host/place.h"

/* Is it the host's, which its users share? */
gboolean het_conn_is_system(virConnectPtr conn);

/* Of the users of qemu:///system it is one, of each qemu:///session one */
HetPlace *het_conn_place(virConnectPtr conn, GError **error);

/*
 * Where libvirtd keeps what it knows of a domain that runs (the stateDir of its
 * QEMU driver): for messages
 */
char *het_conn_status_path(virDomainPtr domain);

/*
 * Where libvirt has the logs of a domain; @conn NULL: of the likely one. NULL:
 * there is no such folder, so no domain must name it
 */
char *het_conn_log_folder(virConnectPtr conn);

/* See het_lock_acquire(). */
HetLock *het_conn_lock(virConnectPtr conn, const char *soc, guint timeout_ms,
                       GError **error);
/* See het_lock_take(). */
HetLock *het_conn_take_lock(virConnectPtr conn, const char *soc, char **ended,
                            GError **error);

#endif
