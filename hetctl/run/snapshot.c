/*
 * Snapshots of a SoC that runs: points to which it can be brought back
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/snapshot.h"

#include <string.h>
#include <unistd.h>

#include "domain/conn-place.h"
#include "domain/defined.h"
#include "host/saved-file.h"
#include "run/save.h"
#include "run/saved-state.h"
#include "run/stop.h"
#include "util/error.h"

/* It becomes a part of a path. */
static gboolean require_soc_name(const char *soc, GError **error)
{
    if (het_snapshot_check_name(soc, NULL)) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                "no soc '%s' is defined; 'hetctl list --all' shows those "
                "that are", soc);
    return FALSE;
}

static char *path_of(virConnectPtr conn, const char *soc, const char *name,
                     GError **error)
{
    return require_soc_name(soc, error) && het_snapshot_check_name(name, error)
           ? het_snapshot_path(soc, name, het_conn_is_system(conn)) : NULL;
}

static gboolean require_there(const char *soc, const char *name,
                              const char *path, GError **error)
{
    if (het_saved_exists(path)) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                "soc '%s' has no snapshot '%s'; 'hetctl snapshot list %s' "
                "shows those that it has", soc, name, soc);
    return FALSE;
}

/* If it is empty */
static void remove_folder(virConnectPtr conn, const char *soc)
{
    g_autofree char *folder = het_snapshot_path(soc, NULL,
                                                het_conn_is_system(conn));

    rmdir(folder);
}

gboolean het_snapshot_create(virConnectPtr conn, const char *soc,
                             const char *name, HetProgress *progress,
                             GError **error)
{
    const HetSaveOptions options = { .live = TRUE };
    g_autofree char *path = path_of(conn, soc, name, error);
    HetSaveResult result;

    if (!path) {
        return FALSE;
    }
    if (het_saved_exists(path)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' has a snapshot '%s' already", soc, name);
        return FALSE;
    }
    if (het_saved_make_folder(path, error) &&
        het_save(conn, soc, path, &options, &result, progress, error)) {
        return TRUE;
    }
    remove_folder(conn, soc);
    return FALSE;
}

static void snapshot_free(gpointer data)
{
    HetSnapshot *s = data;

    g_free(s->name);
    g_free(s->when);
    g_free(s->error);
    g_free(s);
}

static gboolean ran(const HetSavedInfo *info)
{
    for (guint i = 0; i < info->processors->len; i++) {
        const HetSavedProcessor *p = g_ptr_array_index(info->processors, i);

        if (p->ran) {
            return TRUE;
        }
    }
    return FALSE;
}

static HetSnapshot *look_at(const char *name, const char *path)
{
    HetSnapshot *s = g_new0(HetSnapshot, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSaved) saved = het_saved_open(path, &error);

    s->name = g_strdup(name);
    if (saved) {
        const HetSavedInfo *info = het_saved_get_info(saved);

        s->when = g_strdup(info->when);
        s->memory = het_saved_get_memory_used(saved);
        s->was_suspended = !ran(info);
    } else {
        s->error = g_strdup(error->message);
    }
    return s;
}

/* ISO 8601 sorts as time does; those that cannot be read come last. */
static int compare_ages(gconstpointer a, gconstpointer b)
{
    const HetSnapshot *x = *(HetSnapshot *const *)a;
    const HetSnapshot *y = *(HetSnapshot *const *)b;
    int order = g_strcmp0(x->when ?: "~", y->when ?: "~");

    return order ? order : strcmp(x->name, y->name);
}

GPtrArray *het_snapshot_list(virConnectPtr conn, const char *soc,
                             GError **error)
{
    gboolean is_system = het_conn_is_system(conn);
    g_autoptr(GPtrArray) names = NULL;
    g_autoptr(HetDefined) defined = NULL;
    GPtrArray *list;

    if (!require_soc_name(soc, error)) {
        return NULL;
    }
    names = het_snapshot_names(soc, is_system);
    defined = names->len ? NULL : het_defined_find(conn, soc, error);
    if (!names->len && !defined) {
        return NULL;
    }
    list = g_ptr_array_new_with_free_func(snapshot_free);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *path = het_snapshot_path(soc, name, is_system);

        g_ptr_array_add(list, look_at(name, path));
    }
    g_ptr_array_sort(list, compare_ages);
    return list;
}

/* What runs is ended for nothing but what can be loaded. */
static gboolean end(virConnectPtr conn, const char *soc,
                    const HetSaved *saved, GError **error)
{
    g_autoptr(HetDefined) defined = het_defined_find(conn, soc, error);
    g_autofree char *ended = NULL;

    /* Another SoC can have had the name. */
    if (!defined || !het_save_require_same(defined, saved, error) ||
        !het_saved_check(saved, error)) {
        return FALSE;
    }
    if (het_part_is_active(het_defined_master(defined)) &&
        !het_saved_state_require_version(defined, het_saved_get_info(saved),
                                         error)) {
        return FALSE;
    }
    return !het_stop_needed(defined) ||
           het_destroy_answering(conn, soc, &ended, error);
}

gboolean het_snapshot_revert(virConnectPtr conn, const char *soc,
                             const char *name, gboolean stay_suspended,
                             guint timeout_s, HetProgress *progress,
                             GError **error)
{
    g_autofree char *path = path_of(conn, soc, name, error);
    g_autoptr(HetSaved) saved =
        path && require_there(soc, name, path, error)
        ? het_saved_open(path, error) : NULL;
    const HetStartFrom from = {
        .saved = saved, .image = -1, .stay_suspended = stay_suspended,
    };

    if (!saved || !end(conn, soc, saved, error)) {
        return FALSE;
    }
    if (!het_restore(conn, &from, soc, timeout_s, progress, error)) {
        g_prefix_error(error, "soc '%s' is off now: ", soc);
        return FALSE;
    }
    return TRUE;
}

gboolean het_snapshot_delete(virConnectPtr conn, const char *soc,
                             const char *name, GError **error)
{
    g_autofree char *path = path_of(conn, soc, name, error);

    if (!path || !require_there(soc, name, path, error) ||
        !het_saved_remove(path, error)) {
        return FALSE;
    }
    remove_folder(conn, soc);
    return TRUE;
}
