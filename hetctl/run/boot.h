/*
 * hetctl boot and shutdown of one slave
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_BOOT_H
#define HET_BOOT_H

#include <glib.h>
#include <libvirt/libvirt.h>

typedef struct {
    const char *firmware;       /* to load first; NULL: the <kernel> */
    gboolean wait;
    guint timeout_s;
} HetBootOptions;

gboolean het_boot(virConnectPtr conn, const char *soc, const char *slave,
                  const HetBootOptions *options, GError **error);
gboolean het_boot_shutdown(virConnectPtr conn, const char *soc,
                           const char *slave, GError **error);
/* hetctl reset of one slave: its core goes into reset from any state. */
gboolean het_boot_reset(virConnectPtr conn, const char *soc,
                        const char *slave, GError **error);

#endif
