/*
 * The ssh that a connection goes through
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SSH_H
#define HET_SSH_H

#include "remote/ssh-uri.h"
#include "remote/wire.h"

typedef struct HetSsh HetSsh;

/* Errors: HET_ERROR_LIBVIRT */
HetSsh *het_ssh_new(const HetSshUri *uri, GError **error);
HetWire *het_ssh_wire(const HetSsh *ssh);
/* What it says, on its stderr: readable when there is some */
int het_ssh_errors(const HetSsh *ssh);
void het_ssh_read_errors(HetSsh *ssh);
/*
 * Its end has come unexpectedly: why. @is_early: before hetctl has answered.
 * Always returns FALSE.
 */
gboolean het_ssh_set_error(HetSsh *ssh, gboolean is_early, GError **error);
/* Gives hetctl there a moment to end, else ends ssh. */
void het_ssh_free(HetSsh *ssh);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetSsh, het_ssh_free)

#endif
