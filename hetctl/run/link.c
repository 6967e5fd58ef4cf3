/*
 * One end of an IDM link, at a processor that runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/link.h"

#include "util/error.h"

static const HetIdmLink *find(const HetLinkEnd *end, GPtrArray *infos)
{
    return het_idm_infos_find_link(infos, end->link->idm->name, end->peer);
}

/* A link that was never made is as good as one that was dropped. */
void het_link_end_look(HetLinkEnd *end, GPtrArray *infos)
{
    const HetIdmLink *found = find(end, infos);

    end->state = found ? found->state : HET_LINK_DISCONNECTED;
}

gboolean het_link_end_drop(HetLinkEnd *end, HetQmp *qmp, GError **error)
{
    g_autoptr(GPtrArray) infos = NULL;

    if (end->state != HET_LINK_CONNECTED &&
        end->state != HET_LINK_CONNECTING) {
        return TRUE;
    }
    if (het_qmp_idm_disconnect(qmp, end->link->idm->name, end->peer,
                               error)) {
        return TRUE;
    }
    /* It may have noticed meanwhile that the other end has gone. */
    infos = het_qmp_query_idm(qmp, NULL);
    if (infos) {
        het_link_end_look(end, infos);
    }
    if (!infos || end->state == HET_LINK_CONNECTED) {
        return FALSE;
    }
    g_clear_error(error);
    return TRUE;
}

gboolean het_link_end_connect(const HetLinkEnd *end, HetQmp *qmp,
                              GError **error)
{
    return het_qmp_idm_connect(qmp, end->link->idm->name, end->peer, end->fd,
                               end->role, error);
}

gboolean het_link_end_check(const HetLinkEnd *end, GPtrArray *infos,
                            gboolean *connected, GError **error)
{
    const HetIdmLink *found = find(end, infos);

    *connected = FALSE;
    if (!found) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "the emulator of '%s' does not know of it",
                    end->processor);
        return FALSE;
    }
    if (found->state != HET_LINK_CONNECTED &&
        found->state != HET_LINK_CONNECTING) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "it is %s at '%s': %s",
                    het_link_state_name(found->state), end->processor,
                    found->error ?: "no reason given");
        return FALSE;
    }
    *connected = found->state == HET_LINK_CONNECTED;
    return TRUE;
}
