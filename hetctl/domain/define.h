/*
 * Defining the domains of a SoC, all or none, and undefining them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEFINE_H
#define HET_DEFINE_H

#include <libvirt/libvirt.h>

#include "soc/soc.h"

/* @run_as: "UID:GID" of the emulators; NULL: libvirt's default */
gboolean het_define(virConnectPtr conn, const HetSoc *soc, const char *run_as,
                    GError **error);
/* The same for one that but for its name is as one defined just before. */
gboolean het_define_like_another(virConnectPtr conn, const HetSoc *soc,
                                 const char *run_as, GError **error);
gboolean het_undefine(virConnectPtr conn, const char *name, GError **error);

/*
 * The XML that het_define() gives to libvirt.  @conn NULL: for any libvirt,
 * without what depends on its security drivers.  @segment: path of the
 * platform memory, the same for all processors
 */
char *het_define_xml(virConnectPtr conn, const HetSoc *soc,
                     const HetProcessor *proc, const char *segment,
                     const char *run_as, GError **error);

/* The same SoC and processor always have the same UUID. */
char *het_define_uuid(const HetSoc *soc, const HetProcessor *proc);

#endif
