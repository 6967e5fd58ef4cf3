/*
 * A running slave: its windows and its core
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SLAVE_H
#define HET_SLAVE_H

#include "domain/defined.h"
#include "host/segment.h"
#include "image/firmware.h"
#include "qmp/qmp.h"
#include "soc/soc.h"

/*
 * Attaches the windows that are not attached yet.  @info: of the slave; NULL:
 * none is, it has just been started.
 */
gboolean het_slave_attach(HetQmp *qmp, const HetSoc *soc,
                          const HetProcessor *slave,
                          const HetSegment *segment,
                          const HetSlaveInfo *info, GError **error);

/*
 * Releases the core. @image: what was loaded; NULL: whatever is in the memory
 * starts as the XML or the architecture says.
 */
gboolean het_slave_boot(HetQmp *qmp, const HetDefined *defined,
                        const HetProcessor *slave, const HetFirmware *image,
                        GError **error);

/* HET_ERROR_STATE when the core runs */
gboolean het_slave_require_stopped(HetQmp *qmp, GError **error);

/* FALSE, with why the core crashed in @error */
gboolean het_slave_set_crashed(const HetSlaveInfo *info, GError **error);

/* HET_ERROR_TIMEOUT, or HET_ERROR_FAILED with the reason of a crash */
gboolean het_slave_wait_running(HetQmp *qmp, guint timeout_s, GError **error);

/* Puts the core into reset; detaches with <boot attach='request'/>. */
gboolean het_slave_hold(HetQmp *qmp, const HetProcessor *slave,
                        GError **error);

/* As het_slave_hold(), of a core that runs or crashed; HET_ERROR_STATE */
gboolean het_slave_shutdown(HetQmp *qmp, const HetProcessor *slave,
                            GError **error);

#endif
