/*
 * Many SoCs that go on from the same point
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CLONE_H
#define HET_CLONE_H

#include <libvirt/libvirt.h>

#include "saved/saved.h"
#include "util/output.h"

#define HET_CLONE_MAX 4096

typedef struct {
    const char *prefix;         /* they are called PREFIX-1, PREFIX-2, ... */
    guint count;
    gboolean stay_suspended;
    guint timeout_s;
} HetCloneOptions;

/* The name of number @i, from 1 on */
char *het_clone_name(const HetCloneOptions *options, guint i);

/*
 * All of them or none. Their memory comes, as it is used, from one image that
 * they share, which is gone with the last of them. Errors: HET_ERROR_STATE
 * when a name is taken. Steps of HETCTL_FAULT: those of het_start(), and
 * clone-image before, clone-next before each but the first
 */
gboolean het_clone(virConnectPtr conn, const HetSaved *saved,
                   const HetCloneOptions *options, HetProgress *progress,
                   GError **error);

/* What SoC @name is now, while it runs on */
HetSaved *het_clone_source(virConnectPtr conn, const char *name,
                           GError **error);

#endif
