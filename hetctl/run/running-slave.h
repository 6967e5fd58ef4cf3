/*
 * One slave of a SoC that runs, to be worked on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_TARGET_H
#define HET_TARGET_H

#include "domain/defined.h"
#include "host/lock.h"
#include "qmp/qmp.h"

typedef struct {
    HetLock *lock;              /* the SoC's; released by clear at last */
    HetDefined *defined;
    const HetProcessor *slave;
    virDomainPtr domain;        /* owned by @defined */
    HetQmp *qmp;
} HetTarget;

/* HET_ERROR_STATE when the slave is not started */
gboolean het_target_open(HetTarget *target, virConnectPtr conn,
                         const char *soc, const char *slave, GError **error);
void het_target_clear(HetTarget *target);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetTarget, het_target_clear)

#endif
