/*
 * How often the process of a slave was started again, in libvirt's metadata
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RESTARTS_H
#define HET_RESTARTS_H

#include "domain/defined.h"

/* Counts one more, and why; the count ends with the master. */
void het_restarts_add(HetDefined *defined, const char *slave,
                      const char *reason);

/* @reason: of the last one, or NULL; to be freed */
guint het_restarts_get(const HetDefined *defined, const char *slave,
                       char **reason);

#endif
