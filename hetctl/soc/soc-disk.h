/*
 * Disks of a SoC's processors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SOC_DISK_H
#define HET_SOC_DISK_H

#include "soc/soc.h"

/* "a7's disk 'vda'": the first one that is written to; NULL: there is none */
char *het_soc_find_written_disk(const HetSoc *soc);

#endif
