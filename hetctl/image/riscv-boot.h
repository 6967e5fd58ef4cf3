/*
 * How a Linux for RISC-V starts: in supervisor mode, by an SBI firmware (the
 * <loader>), which machine mode has run before
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RISCV_BOOT_H
#define HET_RISCV_BOOT_H

#include "image/load-plan.h"

/* What the firmware adds to the device tree makes it longer in its place. */
#define HET_RISCV_DTB_ROOM 0x4000

/* Is the file a Linux that cannot run without an SBI firmware? */
gboolean het_riscv_needs_loader(int fd);

/*
 * Adds the kernel in @fd, at <boot entry=>, with all the memory that it needs
 * to start.
 */
gboolean het_riscv_add_kernel(HetLoadPlan *pieces, const HetProcessor *slave,
                              int fd, guint64 file_size, GError **error);

/*
 * Adds the firmware in @fd, OpenSBI's fw_dynamic.bin, at the start of the RAM;
 * and, where the core starts, what tells it where the kernel is.
 */
gboolean het_riscv_add_loader(HetLoadPlan *pieces, const HetProcessor *slave,
                              int fd, guint64 file_size, GError **error);

#endif
