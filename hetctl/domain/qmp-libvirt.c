/*
 * QMP of a processor through libvirt's passthrough
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <libvirt/libvirt-qemu.h>

#include "domain/conn.h"
#include "qmp/qmp.h"
#include "util/error.h"

static char *domain_send(void *opaque, const char *command, int fd,
                         GError **error)
{
    virDomainPtr domain = opaque;
    char *reply = NULL;
    int ret;

    if (fd < 0) {
        ret = virDomainQemuMonitorCommand(domain, command, &reply, 0);
    } else {
        ret = virDomainQemuMonitorCommandWithFiles(domain, command, 1, &fd,
                                                   NULL, NULL, &reply, 0);
    }
    if (ret < 0 || !reply) {
        het_conn_set_error(error, HET_ERROR_FAILED, "libvirt");
        return NULL;
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
