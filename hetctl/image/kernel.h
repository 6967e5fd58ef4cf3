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
 * Writes to @fd the <kernel> of @master: @unpacked, if it is a zImage in which
 * that is found, as an uncompressed uImage, which says where it goes; any other
 * file as it is.
 */
gboolean het_kernel_write(int fd, const HetSoc *soc,
                          const HetProcessor *master, gboolean *unpacked,
                          GError **error);
/*
 * Puts the zImage into @fd, in place of what was unpacked: it unpacks itself
 * wherever it begins. The emulator reads @fd again when the machine is reset,
 * and the memory until then is a quarter.
 */
gboolean het_kernel_pack(int fd, const HetProcessor *master, GError **error);

#endif
