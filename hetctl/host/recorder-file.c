/*
 * The memory of the flight recorders of a SoC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/recorder-file.h"

#include <string.h>

#include "host/place.h"
#include "host/segment-internal.h"
#include "util/error.h"

#define RECORDER "flight recorder"

char *het_recorder_file_path(const char *segment, const char *processor)
{
    g_autofree char *folder = g_path_get_dirname(segment);
    g_autofree char *name = g_path_get_basename(segment);
    g_autofree char *beside = het_place_recorders(folder);

    return g_strdup_printf("%s/" HET_PLACE_RECORDERS "%s.%s", beside,
                           name + strlen(HET_PLACE_SEGMENTS), processor);
}

HetSegment *het_recorder_file_create(const char *segment,
                                     const char *processor, guint64 size,
                                     const HetAccess *access, GError **error)
{
    g_autofree char *path = het_recorder_file_path(segment, processor);

    return het_segment_create_as(RECORDER, path, size, access, error);
}

HetSegment *het_recorder_file_open(const char *segment, const char *processor,
                                   guint64 size, const char *identity,
                                   GError **error)
{
    g_autofree char *path = het_recorder_file_path(segment, processor);

    return het_segment_open_as(RECORDER, path, size, identity, error);
}

/* Paths of all that is there, also what is no file or another user's */
static GPtrArray *find_all(const char *segment, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *prefix = het_recorder_file_path(segment, "");
    g_autofree char *folder = g_path_get_dirname(prefix);
    g_autofree char *start = g_path_get_basename(prefix);
    g_autoptr(GError) reason = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &reason);
    const char *name;

    if (!dir && !g_error_matches(reason, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot look for flight recorders: %s", reason->message);
        return NULL;
    }
    while (dir && (name = g_dir_read_name(dir))) {
        if (g_str_has_prefix(name, start)) {
            g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
        }
    }
    return g_steal_pointer(&paths);
}

gboolean het_recorder_files_exist(const char *segment)
{
    g_autoptr(GPtrArray) paths = find_all(segment, NULL);

    for (guint i = 0; paths && i < paths->len; i++) {
        if (het_segment_exists(g_ptr_array_index(paths, i))) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean het_recorder_files_are_free(const char *segment)
{
    g_autoptr(GPtrArray) paths = find_all(segment, NULL);

    return paths && paths->len == 0;
}

gboolean het_recorder_files_remove(const char *segment, GError **error)
{
    g_autoptr(GPtrArray) paths = find_all(segment, error);
    gboolean ok = paths != NULL;

    for (guint i = 0; paths && i < paths->len; i++) {
        ok = het_segment_remove_as(RECORDER, g_ptr_array_index(paths, i),
                                   ok ? error : NULL) && ok;
    }
    return ok;
}
