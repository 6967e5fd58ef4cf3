/*
 * Memory beside the segment of a SoC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/beside-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "host/place.h"
#include "host/segment-internal.h"
#include "util/error.h"


char *het_beside_file_folder(const char *segment)
{
    g_autofree char *folder = g_path_get_dirname(segment);

    return het_place_recorders(folder);
}

char *het_beside_file_path(const char *segment, const char *name)
{
    g_autofree char *base = g_path_get_basename(segment);
    g_autofree char *beside = het_beside_file_folder(segment);

    return g_strdup_printf("%s/" HET_PLACE_RECORDERS "%s.%s", beside,
                           base + strlen(HET_PLACE_SEGMENTS), name);
}

HetSegment *het_beside_file_create(const char *what, const char *segment,
                                   const char *name, guint64 size,
                                   const HetAccess *access, GError **error)
{
    g_autofree char *path = het_beside_file_path(segment, name);

    return het_segment_create_as(what, path, size, 0, access, error);
}

HetSegment *het_beside_file_open(const char *what, const char *segment,
                                 const char *name, guint64 size,
                                 const char *identity, GError **error)
{
    g_autofree char *path = het_beside_file_path(segment, name);

    return het_segment_open_as(what, path, size, identity, error);
}

/* Another name, by a file descriptor: it may have had none. */
gboolean het_beside_file_link(const char *what, const char *segment,
                              const char *name, int fd, GError **error)
{
    g_autofree char *path = het_beside_file_path(segment, name);
    g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", fd);

    if (linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0) {
        int saved = errno;

        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot create %s '%s': %s", what, path,
                    g_strerror(saved));
        return FALSE;
    }
    return TRUE;
}

/* Paths of all that is there, also what is no file or another user's */
static GPtrArray *find_all(const char *segment, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *prefix = het_beside_file_path(segment, "");
    g_autofree char *folder = g_path_get_dirname(prefix);
    g_autofree char *start = g_path_get_basename(prefix);
    g_autoptr(GError) reason = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &reason);
    const char *name;

    if (!dir && !g_error_matches(reason, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot look for shared memory: %s", reason->message);
        return NULL;
    }
    while (dir && (name = g_dir_read_name(dir))) {
        if (g_str_has_prefix(name, start)) {
            g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
        }
    }
    return g_steal_pointer(&paths);
}

gboolean het_beside_files_exist(const char *segment)
{
    g_autoptr(GPtrArray) paths = find_all(segment, NULL);

    for (guint i = 0; paths && i < paths->len; i++) {
        if (het_segment_exists(g_ptr_array_index(paths, i))) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean het_beside_files_are_free(const char *segment)
{
    g_autoptr(GPtrArray) paths = find_all(segment, NULL);

    return paths && paths->len == 0;
}

/* No processor's name begins with a dot. */
static const char *what_is(const char *path)
{
    return strstr(path, "..") ? "shared memory" : "flight recorder";
}

gboolean het_beside_files_remove(const char *segment, GError **error)
{
    g_autoptr(GPtrArray) paths = find_all(segment, error);
    gboolean ok = paths != NULL;

    for (guint i = 0; paths && i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);

        ok = het_segment_remove_as(what_is(path), path, ok ? error : NULL) &&
             ok;
    }
    return ok;
}
