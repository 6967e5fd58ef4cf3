/*
 * Where the file is from which a SoC goes on at its next start
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/managed-file.h"

#include <errno.h>
#include <unistd.h>

#include "util/error.h"

char *het_managed_path(const char *soc, gboolean is_system)
{
    const char *base = geteuid() == 0 ? "/var/lib" : g_get_user_data_dir();

    return g_build_filename(base, "hetctl", "saved",
                            is_system ? "system" : "session", soc, NULL);
}

gboolean het_managed_make_folder(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);

    if (g_mkdir_with_parents(folder, 0700) < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot make folder '%s': %s", folder, g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

gboolean het_managed_exists(const char *path)
{
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

gboolean het_managed_remove(const char *path, GError **error)
{
    if (unlink(path) < 0 && errno != ENOENT && errno != ENOTDIR) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot remove '%s': %s", path, g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}
