/*
 * Files beside the segment that are there while a SoC starts, or runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/start-file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "util/error.h"

char *het_start_file_path(const HetStartFiles *files, HetStartFile file)
{
    switch (file) {
    case HET_START_FILE_OVERLAY:
        return g_strconcat(files->segment, ".dtbo", NULL);
    case HET_START_FILE_DTB:
        return g_strconcat(files->segment, ".dtb", NULL);
    case HET_START_FILE_INITRD:
        return g_strconcat(files->segment, ".initrd", NULL);
    case HET_START_FILE_KERNEL:
        return g_strconcat(files->segment, ".kernel", NULL);
    case HET_START_FILE_SLAVE_TICKET:
        return g_strdup_printf("%s.slaves: run 'hetctl start %s'",
                               files->segment, files->soc);
    default:
        return g_strdup_printf("%s: run 'hetctl start %s'", files->segment,
                               files->soc);
    }
}

static gboolean fail(const char *path, int code, GError **error)
{
    g_set_error(error, HET_ERROR,
                code == ENOSPC ? HET_ERROR_RESOURCE : HET_ERROR_FAILED,
                "cannot write '%s': %s", path, g_strerror(code));
    return FALSE;
}

gboolean het_start_file_write(const HetStartFiles *files, HetStartFile file,
                              const HetAccess *access,
                              HetStartFileFill *fill, gconstpointer opaque,
                              GError **error)
{
    g_autofree char *path = het_start_file_path(files, file);
    gboolean ok;
    int fd;

    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return fail(path, errno, error);
    }
    ok = (!fill || fill(fd, opaque, error)) &&
         het_access_grant(fd, access, error);
    close(fd);
    if (!ok) {
        g_prefix_error(error, "cannot write '%s': ", path);
        unlink(path);
    }
    return ok;
}

gboolean het_start_file_link(const HetStartFiles *files, HetStartFile file,
                             const char *target, GError **error)
{
    g_autofree char *path = het_start_file_path(files, file);

    if (access(target, F_OK) < 0) {
        int saved = errno;

        g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "cannot open '%s': %s",
                    target, g_strerror(saved));
        return FALSE;
    }
    unlink(path);
    return symlink(target, path) == 0 || fail(path, errno, error);
}

gboolean het_start_files_exist(const HetStartFiles *files)
{
    for (int i = 0; i < HET_START_FILES; i++) {
        g_autofree char *path = het_start_file_path(files, i);

        if (g_file_test(path, G_FILE_TEST_IS_SYMLINK) ||
            g_file_test(path, G_FILE_TEST_EXISTS)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean remove_files(const HetStartFiles *files, HetStartFile end,
                             GError **error)
{
    gboolean ok = TRUE;

    for (HetStartFile i = 0; i < end; i++) {
        g_autofree char *path = het_start_file_path(files, i);

        if (unlink(path) < 0 && errno != ENOENT) {
            int saved = errno;

            g_set_error(ok ? error : NULL, HET_ERROR, HET_ERROR_FAILED,
                        "cannot remove '%s': %s", path, g_strerror(saved));
            ok = FALSE;
        }
    }
    return ok;
}

gboolean het_start_files_remove_all(const HetStartFiles *files,
                                    GError **error)
{
    return remove_files(files, HET_START_FILES, error);
}

gboolean het_start_files_remove(const HetStartFiles *files, GError **error)
{
    return remove_files(files, HET_START_FILE_SLAVE_TICKET, error);
}
