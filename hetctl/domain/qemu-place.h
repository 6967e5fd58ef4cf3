/*
 * The JSON values of -device for <device>, <stub> and <remoteproc>
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_QEMU_PLACE_H
#define HET_QEMU_PLACE_H

#include "soc/soc.h"

char *het_qemu_place_device(const HetDevice *device);
char *het_qemu_place_stub(const HetStub *stub);
char *het_qemu_place_remoteproc(const HetRemoteproc *remoteproc);

#endif
