/*
 * IDM links between running processors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "link.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"

static gboolean give_end(const HetLink *link, HetQmp *qmp, const char *peer,
                         int fd, char role, GError **error)
{
    g_autofree char *fdname = g_strdup_printf("het-link-%s-%s",
                                              link->idm->name, peer);

    if (het_qmp_getfd(qmp, fdname, fd, error) &&
        het_qmp_idm_connect(qmp, link->idm->name, peer, fdname, role,
                            error)) {
        return TRUE;
    }
    het_qmp_closefd(qmp, fdname, NULL);
    return FALSE;
}

gboolean het_link_connect(const HetLink *link, HetQmp *a, HetQmp *b,
                          GError **error)
{
    int ends[2];
    gboolean ok;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        int saved = errno;

        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot make a pair of sockets: %s", g_strerror(saved));
        return FALSE;
    }
    ok = give_end(link, a, link->b->processor, ends[0], 'a', error) &&
         give_end(link, b, link->a->processor, ends[1], 'b', error);
    close(ends[0]);
    close(ends[1]);
    return ok;
}

gboolean het_link_check(const HetLink *link, HetQmp *qmp, const char *peer,
                        gboolean *connected, GError **error)
{
    g_autoptr(GPtrArray) infos = het_qmp_query_idm(qmp, error);
    const HetIdmLink *found;

    *connected = FALSE;
    if (!infos) {
        return FALSE;
    }
    found = het_idm_infos_find_link(infos, link->idm->name, peer);
    if (!found) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "the emulator does not know of a link to '%s'", peer);
        return FALSE;
    }
    if (found->state != HET_LINK_CONNECTED &&
        found->state != HET_LINK_CONNECTING) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "the link is %s: %s",
                    het_link_state_name(found->state),
                    found->error ?: "no reason given");
        return FALSE;
    }
    *connected = found->state == HET_LINK_CONNECTED;
    return TRUE;
}
