/*
 * The initrd of a master that has <firmware>: its own, and the firmware
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_INITRD_H
#define HET_INITRD_H

#include "soc/soc.h"

/*
 * Writes to @fd what the <initrd> holds, and behind it an archive with the
 * files below /lib/firmware. Linux unpacks all archives of an initrd, one
 * after the other.
 */
gboolean het_initrd_write(int fd, const HetProcessor *master, GError **error);

#endif
