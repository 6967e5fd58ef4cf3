/*
 * All that a slave boots from in one ELF file, for the master's remoteproc
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_PACK_H
#define HET_PACK_H

#include "soc/soc.h"

/*
 * @firmware NULL: the slave's <kernel>. @output appears whole or not at all.
 */
gboolean het_pack(const HetSoc *soc, const HetProcessor *slave,
                  const char *firmware, const char *output, GError **error);

#endif
