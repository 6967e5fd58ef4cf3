/*
 * How often the process of a slave was started again, in libvirt's metadata
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/restarts.h"

#include "domain/run-mark.h"

static guint count(const HetDefined *defined, const char *slave)
{
    g_autofree char *text = het_run_mark_get(defined, slave,
                                             HET_RUN_MARK_RESTARTS);

    return text ? g_ascii_strtoull(text, NULL, 10) : 0;
}

guint het_restarts_get(const HetDefined *defined, const char *slave,
                       char **reason)
{
    *reason = het_run_mark_get(defined, slave, HET_RUN_MARK_REASON);
    return count(defined, slave);
}

void het_restarts_add(HetDefined *defined, const char *slave,
                      const char *reason)
{
    g_autofree char *n = g_strdup_printf("%u", count(defined, slave) + 1);

    het_run_mark_set(defined, slave, HET_RUN_MARK_RESTARTS, n,
                     HET_RUN_MARK_REASON, reason);
}
