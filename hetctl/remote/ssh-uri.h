/*
 * A connection over ssh: libvirt's URI, and what ssh makes of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SSH_URI_H
#define HET_SSH_URI_H

#include <glib.h>

typedef struct {
    char *host;
    char *there;                /* the same connection, as it is named there */
    char *program;              /* ssh */
    char **argv;                /* it and its arguments */
} HetSshUri;

/* @uri NULL: libvirt's default */
gboolean het_ssh_uri_is(const char *uri);

/*
 * Parameters of libvirt that say how ssh connects are taken, one of no use is
 * refused.  Errors: HET_ERROR_USAGE
 */
HetSshUri *het_ssh_uri_parse(const char *uri, GError **error);
void het_ssh_uri_free(HetSshUri *uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetSshUri, het_ssh_uri_free)

#endif
