/*
 * Where hetctl keeps what it has saved of SoCs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/saved-file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "util/error.h"

#define NAME_MAX_LENGTH 200

static char *path_of(const char *kind, const char *soc, const char *name,
                     gboolean is_system)
{
    const char *base = geteuid() == 0 ? "/var/lib" : g_get_user_data_dir();

    return g_build_filename(base, "hetctl", kind,
                            is_system ? "system" : "session", soc, name,
                            NULL);
}

char *het_managed_path(const char *soc, gboolean is_system)
{
    return path_of("saved", soc, NULL, is_system);
}

char *het_snapshot_path(const char *soc, const char *name,
                        gboolean is_system)
{
    return path_of("snapshots", soc, name, is_system);
}

gboolean het_snapshot_check_name(const char *name, GError **error)
{
    if (strlen(name) <= NAME_MAX_LENGTH &&
        g_regex_match_simple("^[A-Za-z0-9_+-][A-Za-z0-9._+-]*$", name,
                             G_REGEX_DOLLAR_ENDONLY, 0)) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                "'%s' is no name of a snapshot: at most %d letters, digits, "
                "'.', '_', '+', '-', no '.' first", name, NAME_MAX_LENGTH);
    return FALSE;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *het_snapshot_names(const char *soc, gboolean is_system)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *folder = het_snapshot_path(soc, NULL, is_system);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        if (het_snapshot_check_name(name, NULL)) {
            g_ptr_array_add(names, g_strdup(name));
        }
    }
    g_ptr_array_sort(names, compare_names);
    return names;
}

gboolean het_saved_make_folder(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);

    if (g_mkdir_with_parents(folder, 0700) < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot make folder '%s': %s", folder, g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

gboolean het_saved_exists(const char *path)
{
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

gboolean het_saved_remove(const char *path, GError **error)
{
    if (unlink(path) < 0 && errno != ENOENT && errno != ENOTDIR) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot remove '%s': %s", path, g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}
