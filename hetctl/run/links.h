/*
 * The links of a SoC that runs: making them, and making them again
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_LINKS_H
#define HET_LINKS_H

#include "domain/defined.h"

/*
 * Connects the links that are not connected and whose two ends run (one that
 * was seen not to answer does not), of
 * @processor or (NULL) of all.  @made: how many.
 */
gboolean het_links_connect(const HetDefined *defined, const char *processor,
                           guint *made, GError **error);
/* All, of processors that have just been started: nobody is asked first. */
gboolean het_links_connect_new(const HetDefined *defined, GError **error);

/* Are those links connected?  One whose other end does not run counts. */
gboolean het_links_are_up(const HetDefined *defined, const char *processor,
                          gboolean *up, GError **error);

/* HET_ERROR_TIMEOUT; a link that is refused or lost is an error, too. */
gboolean het_links_wait(const HetDefined *defined, const char *processor,
                        guint timeout_s, GError **error);

#endif
