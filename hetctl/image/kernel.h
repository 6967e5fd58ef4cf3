/*
 * The kernel of a master, unpacked where it would unpack itself
 *
 * A zImage of a 32-bit Arm is code that unpacks the kernel behind it, and the
 * kernel. In an emulator that code takes two fifths of what Linux needs until it
 * is up. What the guest finds afterwards is the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_KERNEL_H
#define HET_KERNEL_H

#include "soc/soc.h"

/*
 * Writes to @fd the <kernel> of @master: unpacked, if it is a zImage in which
 * that is found, as an uncompressed uImage, which says where it goes; any other
 * file as it is.
 */
gboolean het_kernel_write(int fd, const HetSoc *soc,
                          const HetProcessor *master, GError **error);

#endif
