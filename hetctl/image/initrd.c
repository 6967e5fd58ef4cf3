/*
 * The initrd of a master that has <firmware>: its own, and the firmware
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/initrd.h"

#include "util/cpio.h"

/* With the slash Linux keeps what is there, a link to usr/lib as well. */
static const char *const folders[] = { "lib/", "lib/firmware/" };

static gboolean add_firmware(HetCpio *cpio, const HetFirmwareFile *file,
                             GError **error)
{
    g_autofree char *name = g_strconcat("lib/firmware/", file->name, NULL);

    if (!het_cpio_add_file(cpio, name, file->path, error)) {
        g_prefix_error(error, "firmware '%s': ", file->name);
        return FALSE;
    }
    return TRUE;
}

gboolean het_initrd_write(int fd, const HetProcessor *master, GError **error)
{
    g_autoptr(HetCpio) cpio = het_cpio_new(fd);

    if (master->initrd &&
        !het_cpio_copy_archive(fd, master->initrd, error)) {
        g_prefix_error(error, "initrd: ");
        return FALSE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        if (!het_cpio_add_folder(cpio, folders[i], error)) {
            return FALSE;
        }
    }
    for (guint i = 0; i < master->firmware->len; i++) {
        if (!add_firmware(cpio, master->firmware->pdata[i], error)) {
            return FALSE;
        }
    }
    return het_cpio_finish(cpio, error);
}
