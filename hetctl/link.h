/*
 * IDM links between running processors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_LINK_H
#define HET_LINK_H

#include "qmp.h"
#include "soc.h"

/* Gives the two processors the ends of a new link. */
gboolean het_link_connect(const HetLink *link, HetQmp *a, HetQmp *b,
                          GError **error);

/*
 * Is the link connected at the end of @qmp?  A link that is refused or lost
 * is an error, with the reason that the emulator gives.
 */
gboolean het_link_check(const HetLink *link, HetQmp *qmp, const char *peer,
                        gboolean *connected, GError **error);

#endif
