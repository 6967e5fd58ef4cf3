/*
 * All that a slave boots from in one ELF file, for the master's remoteproc
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/pack.h"

#include "image/elf-write.h"
#include "image/firmware.h"
#include "util/out-file.h"

gboolean het_pack(const HetSoc *soc, const HetProcessor *slave,
                  const char *firmware, const char *output, GError **error)
{
    g_autoptr(HetFirmware) image = het_firmware_open(soc, slave, firmware,
                                                     error);
    g_autoptr(HetOutFile) out = image ? het_out_file_open(output, error)
                                      : NULL;
    guint64 entry;

    if (!out) {
        return FALSE;
    }
    entry = slave->has_entry ? het_soc_start_address(slave)
                             : het_firmware_entry(image);
    if (!het_elf_write(het_firmware_plan(image), slave, entry,
                       het_firmware_elf(image), het_out_file_get_fd(out),
                       error)) {
        g_prefix_error(error, "'%s': ", output);
        return FALSE;
    }
    return het_out_file_commit(out, error);
}
