/*
 * Disks of a SoC's processors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/soc-disk.h"

#include "soc/xpath.h"

/* What only reads, or forgets what was written, is as it was at any time. */
#define WRITTEN_DISK "string((//disk[not(readonly) and not(transient) and " \
                     "not(@device='cdrom')]/target/@dev)[1])"

static char *written_disk(const HetProcessor *proc)
{
    g_autofree char *xml = proc->devices_xml
        ? g_strdup_printf("<devices>%s</devices>", proc->devices_xml) : NULL;
    g_autofree char *disk = het_xpath_string(xml, WRITTEN_DISK);

    return disk ? g_strdup_printf("%s's disk '%s'", proc->name, disk) : NULL;
}

char *het_soc_find_written_disk(const HetSoc *soc)
{
    char *disk = written_disk(soc->master);

    for (guint i = 0; !disk && i < soc->slaves->len; i++) {
        disk = written_disk(g_ptr_array_index(soc->slaves, i));
    }
    return disk;
}
