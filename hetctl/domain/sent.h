/*
 * Removing files that other hosts have sent, when no domain names them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SENT_H
#define HET_SENT_H

#include <libvirt/libvirt.h>

/* After a SoC was defined or undefined.  Without libvirt's word all stay. */
void het_sent_remove_unused(virConnectPtr conn);

#endif
