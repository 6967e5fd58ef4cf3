/*
 * A command that the hetctl of another host does, as if it were done here
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CLIENT_H
#define HET_CLIENT_H

#include "remote/request.h"
#include "remote/ssh-uri.h"

/*
 * Sends the files, runs it, gives it this terminal, brings what it writes.
 * TRUE: it was done there, and has ended with @code and told its own errors.
 * Errors: HET_ERROR_LIBVIRT when the host cannot be reached, has no hetctl that
 * fits, or was lost.
 */
gboolean het_client_run(const HetSshUri *uri, HetRequest *request, int *code,
                        GError **error);

#endif
