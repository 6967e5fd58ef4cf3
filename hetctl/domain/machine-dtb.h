/*
 * The device tree that QEMU's machine makes of itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_MACHINE_DTB_H
#define HET_MACHINE_DTB_H

#include "soc/soc.h"

/* Runs the emulator of @proc for it, with @ram bytes of RAM. */
GBytes *het_machine_dtb(const HetProcessor *proc, guint64 ram,
                        GError **error);

#endif
