/*
 * One end of an IDM link, at a processor that runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/link.h"

#include <unistd.h>

#include "util/error.h"
#include "util/fd-parcel.h"

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

static gboolean connect_many(GPtrArray *ends, HetQmp *qmp, GError **error)
{
    g_autofree HetIdmConnection *links = g_new(HetIdmConnection, ends->len);
    g_autofree int *fds = g_new(int, ends->len);
    gboolean ok;
    int parcel;

    for (guint i = 0; i < ends->len; i++) {
        const HetLinkEnd *end = g_ptr_array_index(ends, i);

        links[i] = (HetIdmConnection) {
            end->link->idm->name, end->peer, end->role
        };
        fds[i] = end->fd;
    }
    parcel = het_fd_parcel_new(fds, ends->len, error);
    if (parcel < 0) {
        return FALSE;
    }
    ok = het_qmp_idm_connect_many(qmp, links, ends->len, parcel, error);
    close(parcel);
    return ok;
}

gboolean het_link_ends_connect(GPtrArray *ends, HetQmp *qmp, GError **error)
{
    const HetLinkEnd *end = ends->len == 1 ? g_ptr_array_index(ends, 0) : NULL;

    return end ? het_qmp_idm_connect(qmp, end->link->idm->name, end->peer,
                                     end->fd, end->role, error)
               : !ends->len || connect_many(ends, qmp, error);
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
