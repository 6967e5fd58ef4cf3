/*
 * What a slave boots from: a firmware, or a kernel with its device tree and
 * initrd, placed in the slave's windows without the slave's help
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_FIRMWARE_H
#define HET_FIRMWARE_H

#include "host/segment.h"
#include "image/elf-file.h"
#include "image/load-plan.h"
#include "soc/soc.h"

typedef struct HetFirmware HetFirmware;

/*
 * Parsed, and placed in the windows of @slave: to be written many times.
 * @path NULL: the <kernel> of @slave; else that file in its place.  What does
 * not fit is refused here.
 */
HetFirmware *het_firmware_open(const HetSoc *soc, const HetProcessor *slave,
                               const char *path, GError **error);
void het_firmware_free(HetFirmware *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetFirmware, het_firmware_free)

gboolean het_firmware_write(const HetFirmware *image,
                            const HetSegment *segment, GError **error);
const char *het_firmware_path(const HetFirmware *image);
/* The file's; of what is no ELF file the XML's */
guint64 het_firmware_entry(const HetFirmware *image);
/* Where its resource table is; 0: it has none */
guint32 het_firmware_resource_table(const HetFirmware *image);
/* The kernel or firmware, NULL when it is no ELF file */
const HetElfFile *het_firmware_elf(const HetFirmware *image);
const HetLoadPlan *het_firmware_plan(const HetFirmware *image);

/* Does opening it run the emulator of @slave, for its device tree? */
gboolean het_firmware_runs_emulator(const HetProcessor *slave);

/* A Cortex-M core takes its entry out of the vector table. */
gboolean het_firmware_needs_entry(const HetProcessor *slave);

#endif
