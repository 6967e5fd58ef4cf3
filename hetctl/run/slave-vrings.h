/*
 * The resource table and the vrings of a slave, wherever they are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SLAVE_VRINGS_H
#define HET_SLAVE_VRINGS_H

#include <libvirt/libvirt.h>

#include "rpmsg/vrings.h"

typedef struct {
    const char *firmware;       /* an ELF file that has the table; or NULL */
    gboolean has_table;
    guint64 table;              /* as the slave sees it */
    gboolean may_have_ended;    /* the SoC, without being destroyed */
} HetVringsOptions;

typedef struct {
    char *core;                 /* state of the core, or of its process */
    char *found;                /* how the table was found, in words */
    HetVrings *vrings;
    GPtrArray *notes;           /* char *: what was tried before */
} HetSlaveVrings;

/*
 * Reads memory of a SoC that runs, or is suspended, and changes nothing.
 * HET_ERROR_NOT_FOUND: there is no table, with where it was looked for
 */
HetSlaveVrings *het_slave_vrings_read(virConnectPtr conn, const char *soc,
                                      const char *slave,
                                      const HetVringsOptions *options,
                                      GError **error);
void het_slave_vrings_free(HetSlaveVrings *vrings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetSlaveVrings, het_slave_vrings_free)

#endif
