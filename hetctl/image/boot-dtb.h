/*
 * The device tree of a slave's operating system
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_BOOT_DTB_H
#define HET_BOOT_DTB_H

#include "soc/soc.h"

/* What hetctl writes into it; cells of the same number whatever the values */
typedef struct {
    const char *cmdline;        /* NULL: as it is */
    guint64 ram_start;
    guint64 ram_size;
    gboolean has_initrd;
    guint64 initrd_start;
    guint64 initrd_end;
    gboolean no_pcie;           /* something lies in place of the bridge */
} HetBootDtb;

/* The <dtb> of @slave, else that of its machine with @ram bytes of RAM */
GBytes *het_boot_dtb_open(const HetProcessor *slave, guint64 ram,
                          GError **error);
/* @tree may come from anywhere. */
GBytes *het_boot_dtb_fill(GBytes *tree, const HetBootDtb *values,
                          GError **error);

#endif
