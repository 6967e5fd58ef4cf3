/*
 * The connection to libvirt, and libvirt's errors as GErrors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CONN_H
#define HET_CONN_H

#include <glib.h>
#include <libvirt/libvirt.h>

/* How long libvirt may take for what it does without an emulator */
#define HET_CONN_LIMIT_MS 60000

/*
 * @uri NULL: what virsh would take, LIBVIRT_DEFAULT_URI, the user's
 * libvirt.conf, or what libvirt finds.  Errors: HET_ERROR_LIBVIRT,
 * HET_ERROR_TIMEOUT.
 */
virConnectPtr het_conn_open(const char *uri, GError **error);

/* Is the other end on this host, so that memory and fds can be shared? */
gboolean het_conn_require_local(virConnectPtr conn, GError **error);

/*
 * User and group that libvirt runs emulators as.  FALSE without an error:
 * the connection does not say, it is the user's own.
 */
gboolean het_conn_get_emulator_owner(virConnectPtr conn, guint *uid,
                                     guint *gid);

/* "+64055:+64055" */
gboolean het_conn_parse_dac_label(const char *label, guint *uid, guint *gid);

/* Names of security models that confine a domain by its files, "apparmor" */
char **het_conn_get_confining_models(virConnectPtr conn);

/* Sets @error from the last error of libvirt in this thread. */
void het_conn_set_error(GError **error, int code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static inline void het_conn_close(virConnectPtr conn)
{
    virConnectClose(conn);
}

static inline void het_domain_unref(virDomainPtr domain)
{
    virDomainFree(domain);
}

typedef virConnect HetConn;
typedef virDomain HetDomain;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetConn, het_conn_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetDomain, het_domain_unref)

#endif
