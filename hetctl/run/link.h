/*
 * One end of an IDM link, at a processor that runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_LINK_H
#define HET_LINK_H

#include "qmp/qmp.h"
#include "soc/soc.h"

typedef struct {
    const HetLink *link;
    const char *processor;
    const char *peer;
    char role;
    int fd;                     /* the socket for it, -1: none */
    HetLinkState state;         /* when het_link_end_look() last looked */
} HetLinkEnd;

/* @infos: of het_qmp_query_idm() at the end's processor */
void het_link_end_look(HetLinkEnd *end, GPtrArray *infos);

/* Drops what there is, if @end looked connected. */
gboolean het_link_end_drop(HetLinkEnd *end, HetQmp *qmp, GError **error);

/*
 * Gives a processor its sockets.  @ends: HetLinkEnd, not ours, all of them of
 * that processor
 */
gboolean het_link_ends_connect(GPtrArray *ends, HetQmp *qmp, GError **error);

/*
 * Is it connected?  A link that is refused or lost is an error, with the
 * reason that the emulator gives.
 */
gboolean het_link_end_check(const HetLinkEnd *end, GPtrArray *infos,
                            gboolean *connected, GError **error);

#endif
