/*
 * QMP of a processor through libvirt's passthrough
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <libvirt/libvirt.h>

#include "domain/call.h"
#include "qmp/qmp.h"

static char *domain_send(void *opaque, const char *command, int fd,
                         GError **error)
{
    char *reply = het_call_qmp(opaque, command, fd, error);

    if (!reply) {
        g_prefix_error(error, "libvirt: ");
    }
    return reply;
}

static void domain_free(void *opaque)
{
    virDomainFree(opaque);
}

HetQmp *het_qmp_new_for_domain(virDomainPtr domain)
{
    static const HetQmpTransport transport = {
        .send = domain_send,
        .free = domain_free,
    };

    virDomainRef(domain);
    return het_qmp_new(&transport, domain);
}
