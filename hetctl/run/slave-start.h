/*
 * The process of one slave, in a SoC that runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SLAVE_START_H
#define HET_SLAVE_START_H

#include "domain/defined.h"

/*
 * Starts the slave's process, which is not there, with its windows and its
 * links; nothing stays of it when that fails.  The caller has the lock.
 */
gboolean het_slave_start(HetDefined *defined, const char *slave,
                         guint timeout_s, GError **error);

/*
 * Does what a start that was cut has left to be done: windows, resume, links.
 * @done: whether there was anything.  The caller has the lock.
 */
gboolean het_slave_finish(HetDefined *defined, const char *slave,
                          guint timeout_s, gboolean *done, GError **error);

/* hetctl start of one slave; HET_ERROR_STATE when it runs */
gboolean het_start_slave(virConnectPtr conn, const char *soc,
                         const char *slave, guint timeout_s, GError **error);

#endif
