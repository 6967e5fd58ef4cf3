/*
 * All that a slave boots from in one ELF file, for the master's remoteproc
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/pack.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/elf-write.h"
#include "image/firmware.h"

static gboolean fail(GError **error, const char *path)
{
    int saved = errno;

    g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "cannot write '%s': %s",
                path, g_strerror(saved));
    return FALSE;
}

static gboolean write_file(const HetFirmware *image,
                           const HetProcessor *slave, int fd,
                           const char *path, GError **error)
{
    guint64 entry = slave->has_entry ? het_soc_start_address(slave)
                                     : het_firmware_entry(image);
    mode_t mask = umask(0);

    umask(mask);
    if (!het_elf_write(het_firmware_plan(image), slave, entry,
                       het_firmware_elf(image), fd, error)) {
        g_prefix_error(error, "'%s': ", path);
        return FALSE;
    }
    return fchmod(fd, 0666 & ~mask) == 0 || fail(error, path);
}

gboolean het_pack(const HetSoc *soc, const HetProcessor *slave,
                  const char *firmware, const char *output, GError **error)
{
    g_autoptr(HetFirmware) image = het_firmware_open(soc, slave, firmware,
                                                     error);
    g_autofree char *path = g_strconcat(output, ".XXXXXX", NULL);
    gboolean ok;
    int fd;

    if (!image) {
        return FALSE;
    }
    fd = g_mkstemp(path);
    if (fd < 0) {
        return fail(error, output);
    }
    ok = write_file(image, slave, fd, output, error);
    close(fd);
    if (ok && g_rename(path, output) < 0) {
        ok = fail(error, output);
    }
    if (!ok) {
        g_unlink(path);
    }
    return ok;
}
