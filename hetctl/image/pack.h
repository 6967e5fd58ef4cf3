/*
 * All that a slave boots from in one ELF file, for the master's remoteproc
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_PACK_H
#define HET_PACK_H

#include "soc/soc.h"

/*
 * @firmware NULL: the slave's <kernel>. @output: see util/out-file.h.
 */
gboolean het_pack(const HetSoc *soc, const HetProcessor *slave,
                  const char *firmware, const char *output, GError **error);

#endif
