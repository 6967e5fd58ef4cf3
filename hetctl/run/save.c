/*
 * Saving a SoC that runs into a file, and going on from there
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/save.h"

#include <fcntl.h>
#include <unistd.h>

#include "domain/conn-place.h"
#include "domain/define.h"
#include "domain/defined.h"
#include "run/beside.h"
#include "run/hold.h"
#include "run/saved-state.h"
#include "run/start.h"
#include "run/stop.h"
#include "soc/soc-disk.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/interrupt.h"
#include "util/out-file.h"

#define LOCK_MS 5000

typedef struct {
    HetDefined *defined;
    const HetSaveOptions *options;
    HetSaveResult *result;
    HetOutFile *file;
    HetSavedInfo *info;
    int leash[2];               /* a pipe that ends with hetctl */
    HetBeside *holding;
    HetHolds *holds;
    HetProgress *progress;
} HetSaving;

static gboolean hold(void *opaque, GError **error)
{
    HetSaving *s = opaque;

    s->holds = het_holds_take(s->defined);
    return TRUE;
}

static gboolean write_file(HetSaving *s, GError **error)
{
    g_autoptr(HetSavedWriter) writer =
        het_saved_writer_new(het_out_file_get_fd(s->file),
                             s->options->compression);

    if (!het_saved_state_write(s->defined, s->info, writer, error)) {
        return FALSE;
    }
    /* Nothing more is asked of the emulators if they are to end. */
    if (!s->options->live) {
        s->holding = het_beside_begin(hold, s);
    }
    s->result->size = het_saved_writer_finish(writer, s->info, error);
    return s->result->size > 0 && !het_interrupted(error);
}

/* Until the file is there the SoC can go on as if nothing had been. */
static gboolean save_frozen(HetSaving *s, GError **error)
{
    het_progress_step(s->progress, "saving memory and states");
    if (!write_file(s, error)) {
        return FALSE;
    }
    het_progress_step(s->progress, "writing the file");
    return !het_fault("save-file", error) &&
           het_out_file_commit(s->file, error);
}

static gboolean end(HetSaving *s, GError **error)
{
    gboolean ok;

    if (s->options->live) {
        return het_saved_state_resume(s->defined, s->info, error);
    }
    het_interrupt_defer();
    ok = !het_fault("save-end", error) &&
         het_stop_answering(s->defined, s->holds, s->leash[1], error);
    het_interrupt_heed();
    if (!ok) {
        g_prefix_error(error, "it is saved, but cannot be ended: ");
    }
    return ok;
}

static gboolean save(HetSaving *s, GError **error)
{
    gint64 begin = g_get_monotonic_time();
    gboolean ok;

    het_progress_step(s->progress, "stopping processors");
    if (het_fault("save-freeze", error) ||
        !het_saved_state_freeze(s->defined, s->info, s->leash[0], error)) {
        return FALSE;
    }
    s->result->skew_ns = het_saved_info_skew_ns(s->info);
    ok = save_frozen(s, error);
    if (s->holding) {
        ok = het_beside_end(s->holding, ok, error);
    }
    if (!ok) {
        g_clear_pointer(&s->holds, het_holds_free);
        het_saved_state_resume(s->defined, s->info, NULL);
        return FALSE;
    }
    het_progress_step(s->progress, s->options->live ? "resuming" : "ending");
    ok = end(s, error);
    g_clear_pointer(&s->holds, het_holds_free);
    s->result->stopped_us = g_get_monotonic_time() - begin;
    return ok;
}

static gboolean require_running(const HetDefined *defined, GError **error)
{
    if (!defined->started) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' is not running", defined->name);
    }
    return defined->started;
}

gboolean het_save_require_no_disk(const HetSoc *soc, GError **error)
{
    g_autofree char *disk = het_soc_find_written_disk(soc);

    if (disk) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "%s is written to, and is not part of what is saved: what "
                    "goes on from there would find other data; give it "
                    "<readonly/> or <transient/>, or use 'hetctl save' "
                    "without --live", disk);
    }
    return !disk;
}

gboolean het_save(virConnectPtr conn, const char *name, const char *path,
                  const HetSaveOptions *options, HetSaveResult *result,
                  HetProgress *progress, GError **error)
{
    g_autoptr(HetLock) lock = het_conn_lock(conn, name, LOCK_MS, error);
    g_autoptr(HetDefined) defined =
        lock ? het_defined_find_whole(conn, name, error) : NULL;
    g_autoptr(HetSavedInfo) info = het_saved_info_new();
    g_autoptr(HetOutFile) file = NULL;
    HetSaving s = {
        .defined = defined, .options = options, .result = result,
        .info = info, .progress = progress,
    };
    gboolean ok;

    *result = (HetSaveResult) { 0 };
    if (!defined || !require_running(defined, error)) {
        return FALSE;
    }
    if (options->live && !het_save_require_no_disk(defined->soc, error)) {
        g_prefix_error(error, "soc '%s': ", name);
        return FALSE;
    }
    file = s.file = het_out_file_open(path, error);
    if (!file) {
        return FALSE;
    }
    if (pipe2(s.leash, O_CLOEXEC) < 0) {
        s.leash[0] = s.leash[1] = -1;
    }
    het_interrupt_catch();
    ok = save(&s, error);
    het_interrupt_release();
    if (s.leash[0] >= 0) {
        close(s.leash[0]);
        close(s.leash[1]);
    }
    if (!ok) {
        g_prefix_error(error, "soc '%s': ", name);
    }
    return ok;
}

/* Restoring */

static HetSoc *soc_of(const HetSavedInfo *info, const char *name,
                      GError **error)
{
    g_autoptr(HetSoc) soc = het_soc_parse_string(info->xml, -1, NULL,
                                                 "what was saved", error);
    g_autofree char *renamed = NULL;

    if (!soc || !name || !g_strcmp0(soc->name, name)) {
        return g_steal_pointer(&soc);
    }
    /* What is named otherwise is another one, and the name may be none. */
    renamed = het_soc_format_other(soc, name);
    return het_soc_parse_string(renamed, -1, NULL, "--name", error);
}

static gboolean require_as_saved(const HetDefined *defined, const HetSoc *soc,
                                 GError **error)
{
    g_autofree char *now =
        defined->soc ? het_soc_format(defined->soc) : NULL;
    g_autofree char *then = het_soc_format(soc);

    if (!g_strcmp0(now, then)) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                "soc '%s' is defined otherwise than what was saved; give "
                "that another name with --name, or undefine it first",
                defined->name);
    return FALSE;
}

gboolean het_save_require_same(const HetDefined *defined,
                               const HetSaved *saved, GError **error)
{
    g_autoptr(HetSoc) soc = soc_of(het_saved_get_info(saved), defined->name,
                                   error);

    return soc && require_as_saved(defined, soc, error);
}

/* @made: it was not defined before */
static gboolean define(virConnectPtr conn, const HetSoc *soc,
                       gboolean is_like_another, gboolean *made,
                       GError **error)
{
    *made = het_soc_validate(soc, 0, error) &&
            (is_like_another ? het_define_like_another : het_define)(
                conn, soc, NULL, error);
    return *made;
}

static gboolean require_defined(virConnectPtr conn, const HetSoc *soc,
                                gboolean *made, GError **error)
{
    g_autoptr(GError) none = NULL;
    g_autoptr(HetDefined) defined = het_defined_find(conn, soc->name, &none);

    *made = FALSE;
    if (defined) {
        return require_as_saved(defined, soc, error);
    }
    if (!g_error_matches(none, HET_ERROR, HET_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&none));
        return FALSE;
    }
    return define(conn, soc, FALSE, made, error);
}

static gboolean restore(virConnectPtr conn, const HetStartFrom *from,
                        const HetSoc *soc, guint timeout_s,
                        HetProgress *progress, GError **error)
{
    gboolean made;

    /* One that is like another is new. */
    if (from->is_like_another ? !define(conn, soc, TRUE, &made, error)
                              : !require_defined(conn, soc, &made, error)) {
        return FALSE;
    }
    if (!het_interrupted(error) &&
        het_start_from(conn, soc->name, from, timeout_s, progress, error)) {
        return TRUE;
    }
    if (made) {
        het_interrupt_defer();
        het_undefine(conn, soc->name, NULL);
        het_interrupt_heed();
    }
    return FALSE;
}

gboolean het_restore(virConnectPtr conn, const HetStartFrom *from,
                     const char *name, guint timeout_s,
                     HetProgress *progress, GError **error)
{
    g_autoptr(HetSoc) soc = soc_of(het_saved_get_info(from->saved), name,
                                   error);
    gboolean ok;

    if (!soc) {
        return FALSE;
    }
    het_interrupt_catch();
    ok = restore(conn, from, soc, timeout_s, progress, error);
    het_interrupt_release();
    return ok;
}
