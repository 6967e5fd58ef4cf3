/*
 * One slave of a SoC that runs, to be worked on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/running-slave.h"

#include "domain/conn-place.h"
#include "util/error.h"

#define LOCK_MS 5000

gboolean het_running_slave_open(HetRunningSlave *t, virConnectPtr conn,
                                const char *soc, const char *slave,
                                GError **error)
{
    HetPart *part;

    t->lock = het_conn_lock(conn, soc, LOCK_MS, error);
    t->defined = t->lock ? het_defined_find_whole(conn, soc, error) : NULL;
    part = t->defined ? het_defined_slave(t->defined, slave, error) : NULL;
    if (!part) {
        return FALSE;
    }
    if (!het_part_is_active(part)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "slave '%s' of soc '%s' is not started", slave, soc);
        return FALSE;
    }
    t->slave = het_soc_find_processor(t->defined->soc, slave);
    t->domain = part->domain;
    t->qmp = het_qmp_new_for_domain(part->domain);
    return TRUE;
}

gboolean het_running_slave_require_soc(const HetRunningSlave *t,
                                       GError **error)
{
    const char *soc = t->defined->name;

    if (!t->defined->started) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "the soc does not run, only a part of it; 'hetctl start "
                    "%s' starts all of it", soc);
    }
    return t->defined->started;
}

void het_running_slave_clear(HetRunningSlave *t)
{
    g_clear_pointer(&t->qmp, het_qmp_free);
    g_clear_pointer(&t->defined, het_defined_free);
    g_clear_pointer(&t->lock, het_lock_release);
}
