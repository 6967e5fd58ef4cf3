/*
 * Which processor of which SoC a domain is
 *
 * A domain says so in its metadata. It is believed when it has the name that
 * it got from hetctl, or still the UUID: 'virsh domrename' changes only the
 * name, and a copy of a domain has another UUID.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_IDENTITY_H
#define HET_IDENTITY_H

#include <glib.h>
#include <libvirt/libvirt.h>

typedef struct {
    char *soc;
    char *processor;
    gboolean is_master;
    gboolean is_renamed;        /* the domain is not called SOC.PROCESSOR */
    char *soc_xml;              /* what the master's domain holds; or NULL */
    char *segment;              /* path of the platform memory */
    char *owner;                /* uid of who has defined it; or NULL */
} HetIdentity;

/* NULL: the domain is no part of a SoC. */
HetIdentity *het_identity_of(virDomainPtr domain);
void het_identity_free(HetIdentity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetIdentity, het_identity_free)

/* The same SoC and processor always have the same UUID. */
char *het_identity_uuid(const char *soc, const char *processor);

#endif
