/*
 * One slave of a SoC that runs, to be worked on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RUNNING_SLAVE_H
#define HET_RUNNING_SLAVE_H

#include "domain/defined.h"
#include "host/lock.h"
#include "qmp/qmp.h"

typedef struct {
    HetLock *lock;              /* the SoC's; released by clear at last */
    HetDefined *defined;
    const HetProcessor *slave;
    virDomainPtr domain;        /* owned by @defined */
    HetQmp *qmp;
} HetRunningSlave;

/* HET_ERROR_STATE when the slave is not started */
gboolean het_running_slave_open(HetRunningSlave *target, virConnectPtr conn,
                                const char *soc, const char *slave,
                                GError **error);
/* HET_ERROR_STATE: it was started alone, its memory is no SoC's. */
gboolean het_running_slave_require_soc(const HetRunningSlave *target,
                                       GError **error);
void het_running_slave_clear(HetRunningSlave *target);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetRunningSlave, het_running_slave_clear)

#endif
