/*
 * Many SoCs that go on from the same point
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/clone.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "domain/conn-place.h"
#include "domain/define.h"
#include "domain/defined.h"
#include "host/access.h"
#include "host/place.h"
#include "run/save.h"
#include "run/start.h"
#include "run/stop.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/interrupt.h"
#include "util/scratch.h"

char *het_clone_name(const HetCloneOptions *options, guint i)
{
    return g_strdup_printf("%s-%u", options->prefix, i);
}

static gboolean is_defined(GPtrArray *list, const char *name)
{
    for (guint i = 0; i < list->len; i++) {
        const HetDefined *defined = g_ptr_array_index(list, i);

        if (g_str_equal(defined->name, name)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean require_free(virConnectPtr conn,
                             const HetCloneOptions *options, GError **error)
{
    g_autoptr(GPtrArray) list = het_defined_list(conn, error);

    for (guint i = 1; list && i <= options->count; i++) {
        g_autofree char *name = het_clone_name(options, i);

        if (is_defined(list, name)) {
            g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                        "soc '%s' is there already; give others with --name, "
                        "or undefine it", name);
            return FALSE;
        }
    }
    return list != NULL;
}

/* A file without a name, where each SoC can give it one */
static int new_image(const HetPlace *place, guint64 size, GError **error)
{
    const HetAccess access = {
        .has_group = place->is_shared, .group = place->group,
    };
    g_autofree char *folder = het_place_recorders(place->segments);
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    int saved = errno;

    if (fd >= 0 && ftruncate(fd, size) == 0) {
        if (het_access_grant(fd, &access, error)) {
            return fd;
        }
        close(fd);
        return -1;
    }
    saved = fd < 0 ? saved : errno;
    if (fd >= 0) {
        close(fd);
    }
    g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                "cannot make a file for their memory in '%s': %s", folder,
                g_strerror(saved));
    return -1;
}

static int make_image(virConnectPtr conn, const HetSaved *saved,
                      GError **error)
{
    g_autoptr(HetPlace) place = het_conn_place(conn, error);
    int fd = place ? new_image(place,
                               het_saved_get_info(saved)->memory_size, error)
                   : -1;

    if (fd >= 0 && !het_saved_load_memory(saved, fd, FALSE, error)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static void undo(virConnectPtr conn, const HetCloneOptions *options, guint n)
{
    het_interrupt_defer();
    for (guint i = 1; i <= n; i++) {
        g_autofree char *name = het_clone_name(options, i);
        g_autofree char *ended = NULL;

        het_destroy(conn, name, NULL, &ended, NULL);
        het_undefine(conn, name, NULL);
    }
    het_interrupt_heed();
}

static gboolean restore_all(virConnectPtr conn, const HetSaved *saved,
                            const HetCloneOptions *options, int image,
                            HetProgress *progress, GError **error)
{
    HetStartFrom from = {
        .saved = saved, .image = image,
        .stay_suspended = options->stay_suspended,
    };

    for (guint i = 1; i <= options->count; i++) {
        g_autofree char *name = het_clone_name(options, i);

        het_progress_step(progress, name);
        if ((i > 1 && het_fault("clone-next", error)) ||
            het_interrupted(error) ||
            !het_restore(conn, &from, name, options->timeout_s, NULL,
                         error)) {
            undo(conn, options, i - 1);
            return FALSE;
        }
        from.is_like_another = TRUE;
    }
    return TRUE;
}

static gboolean require_no_disk(const HetSaved *saved, GError **error)
{
    g_autoptr(HetSoc) soc =
        het_soc_parse_string(het_saved_get_info(saved)->xml, -1, NULL,
                             "what was saved", error);

    return soc && het_save_require_no_disk(soc, error);
}

gboolean het_clone(virConnectPtr conn, const HetSaved *saved,
                   const HetCloneOptions *options, HetProgress *progress,
                   GError **error)
{
    int image;
    gboolean ok;

    if (!require_no_disk(saved, error) ||
        !require_free(conn, options, error)) {
        return FALSE;
    }
    het_progress_step(progress, "memory");
    image = het_fault("clone-image", error) ? -1
                                            : make_image(conn, saved, error);
    if (image < 0) {
        return FALSE;
    }
    het_interrupt_catch();
    ok = restore_all(conn, saved, options, image, progress, error);
    het_interrupt_release();
    close(image);
    return ok;
}

HetSaved *het_clone_source(virConnectPtr conn, const char *name,
                           GError **error)
{
    const HetSaveOptions options = { .live = TRUE };
    g_autoptr(HetScratch) scratch = het_scratch_new(error);
    g_autofree char *path = scratch ? het_scratch_file(scratch, "soc") : NULL;
    HetSaveResult result;

    return path && het_save(conn, name, path, &options, &result, NULL, error)
           ? het_saved_open(path, error) : NULL;
}
