/*
 * Starting a SoC: all of it, or nothing
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/start.h"

#include <fcntl.h>
#include <unistd.h>

#include "domain/call.h"
#include "domain/conn.h"
#include "domain/conn-place.h"
#include "domain/defined.h"
#include "domain/demand-memory.h"
#include "domain/memory.h"
#include "domain/recorder-memory.h"
#include "dt/board-tree.h"
#include "dt/overlay.h"
#include "image/initrd.h"
#include "image/kernel.h"
#include "qmp/qmp.h"
#include "run/beside.h"
#include "run/demand-give.h"
#include "run/links.h"
#include "run/parallel.h"
#include "run/recorder-give.h"
#include "run/saved-state.h"
#include "run/slave.h"
#include "run/stop.h"
#include "soc/soc-machine.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/interrupt.h"
#include "util/write-all.h"

#define LOCK_MS 3000

typedef struct {
    virConnectPtr conn;
    HetDefined *defined;
    HetSegment *segment;
    HetBeside *beside;          /* what is done to the segment meanwhile */
    GPtrArray *recorders;       /* HetSegment, of each of the parts */
    HetStartFrom from;
    HetAccess access;
    int unpacked;               /* the kernel's file, or -1 */
    guint timeout_s;
    HetProgress *progress;
} HetStart;

static void start_clear(HetStart *s)
{
    if (s->beside) {
        het_beside_end(s->beside, TRUE, NULL);
    }
    g_clear_pointer(&s->defined, het_defined_free);
    g_clear_pointer(&s->segment, het_segment_free);
    g_clear_pointer(&s->recorders, g_ptr_array_unref);
    if (s->unpacked >= 0) {
        close(s->unpacked);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetStart, start_clear)

static gboolean reserve(void *opaque, GError **error)
{
    const HetStart *s = opaque;

    return het_segment_reserve(s->segment, 0,
                               het_segment_get_size(s->segment), error);
}

static gboolean load_memory(void *opaque, GError **error)
{
    const HetStart *s = opaque;

    return het_saved_load_memory(s->from.saved,
                                 het_segment_get_fd(s->segment), TRUE, error);
}

static gboolean end_beside(HetStart *s, gboolean ok, GError **error)
{
    HetBeside *beside = g_steal_pointer(&s->beside);

    return beside ? het_beside_end(beside, ok, error) : ok;
}

static gboolean step_segment(HetStart *s, GError **error)
{
    gboolean on_demand = s->from.image >= 0 ||
                         het_demand_memory_wanted(s->defined->soc);

    s->segment = (on_demand ? het_segment_create_on_demand
                            : het_segment_create)(
        s->defined->segment, het_soc_segment_size(s->defined->soc),
        &s->access, error);
    if (s->segment && on_demand &&
        !het_demand_memory_create(s->defined, s->segment, s->from.image,
                                  &s->access, error)) {
        return FALSE;
    }
    if (s->segment && !on_demand) {
        s->beside = het_beside_begin(reserve, s);
    }
    s->recorders = s->segment
                   ? het_recorder_memory_create(s->defined, &s->access, error)
                   : NULL;
    return s->recorders != NULL;
}

static gboolean write_file(HetStart *s, HetStartFile file,
                           HetStartFileFill *fill, gconstpointer opaque,
                           GError **error)
{
    HetStartFiles files = het_memory_start_files(s->defined);

    return het_start_file_write(&files, file, &s->access, fill, opaque,
                                error);
}

static gboolean fill_overlay(int fd, gconstpointer opaque, GError **error)
{
    g_autoptr(GBytes) overlay = het_overlay_build(opaque, error);

    return overlay && het_write_all(fd, g_bytes_get_data(overlay, NULL),
                                    g_bytes_get_size(overlay), error);
}

static gboolean fill_dtb(int fd, gconstpointer opaque, GError **error)
{
    g_autoptr(GBytes) tree = het_board_tree_build(opaque, error);

    return tree && het_write_all(fd, g_bytes_get_data(tree, NULL),
                                 g_bytes_get_size(tree), error);
}

static gboolean fill_initrd(int fd, gconstpointer opaque, GError **error)
{
    return het_initrd_write(fd, opaque, error);
}

typedef struct {
    const HetSoc *soc;
    int *unpacked;
} KernelFile;

static gboolean fill_kernel(int fd, gconstpointer opaque, GError **error)
{
    const KernelFile *file = opaque;
    gboolean unpacked;

    if (!het_kernel_write(fd, file->soc, file->soc->master, &unpacked,
                          error)) {
        return FALSE;
    }
    if (unpacked) {
        *file->unpacked = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    }
    return TRUE;
}

/*
 * What is restored has done with its kernel, unless it resets: the emulator
 * keeps the file open, which all of them have together.
 */
static gboolean put_kernel(HetStart *s, GError **error)
{
    const HetSoc *soc = s->defined->soc;
    HetStartFiles files = het_memory_start_files(s->defined);
    const KernelFile file = { soc, &s->unpacked };

    if (!s->from.saved) {
        return write_file(s, HET_START_FILE_KERNEL, fill_kernel, &file, error);
    }
    if (het_start_file_link(&files, HET_START_FILE_KERNEL,
                            soc->master->kernel, error)) {
        return TRUE;
    }
    g_prefix_error(error, "kernel: ");
    return FALSE;
}

static gboolean step_files(HetStart *s, GError **error)
{
    const HetSoc *soc = s->defined->soc;

    return write_file(s, HET_START_FILE_TICKET, NULL, NULL, error) &&
           write_file(s, HET_START_FILE_SLAVE_TICKET, NULL, NULL, error) &&
           (!het_overlay_needed(soc) ||
            write_file(s, HET_START_FILE_OVERLAY, fill_overlay, soc,
                       error)) &&
           (!soc->master->dtb_file ||
            write_file(s, HET_START_FILE_DTB, fill_dtb, soc, error)) &&
           (!het_processor_unpacks_kernel(soc->master) ||
            put_kernel(s, error)) &&
           (!soc->master->firmware->len ||
            write_file(s, HET_START_FILE_INITRD, fill_initrd, soc->master,
                       error));
}

static gboolean start_part(HetPart *part, void *opaque, GError **error)
{
    /* What 'virsh managedsave' has kept is of a SoC that is gone. */
    gboolean ok = het_call_start(part->domain, error);

    if (!ok) {
        g_prefix_error(error, "processor '%s': cannot start: ", part->name);
    }
    /* One that was given up may come yet: it has to be ended. */
    part->state = VIR_DOMAIN_PAUSED;
    return ok;
}

static gboolean step_domains(HetStart *s, GError **error)
{
    gboolean ok = het_parallel_run(s->defined->parts, start_part, NULL,
                                   error);

    /* The emulator has read the files when its domain is started. */
    ok = ok && (s->unpacked < 0 ||
                het_kernel_pack(s->unpacked, s->defined->soc->master, error));
    if (!end_beside(s, ok, error) ||
        !het_memory_remove_start_files(s->defined, error)) {
        return FALSE;
    }
    /* It has also put its kernel into the memory. */
    if (s->from.saved && s->from.image < 0) {
        s->beside = het_beside_begin(load_memory, s);
    }
    return TRUE;
}

static gboolean wants_memory(const HetStart *s, const HetProcessor *slave)
{
    const HetSavedProcessor *was =
        s->from.saved
        ? het_saved_info_find(het_saved_get_info(s->from.saved), slave->name)
        : NULL;

    return was ? was->attached
               : slave->boot_attach == HET_BOOT_ATTACH_START;
}

static gboolean attach_slave(HetPart *part, void *opaque, GError **error)
{
    const HetStart *s = opaque;
    const HetSoc *soc = s->defined->soc;
    const HetProcessor *slave = het_soc_find_processor(soc, part->name);
    g_autoptr(HetQmp) qmp = NULL;

    if (!wants_memory(s, slave)) {
        return TRUE;
    }
    qmp = het_qmp_new_for_domain(part->domain);
    if (het_slave_attach(qmp, soc, slave, s->segment, NULL, error)) {
        return TRUE;
    }
    g_prefix_error(error, "slave '%s': ", slave->name);
    return FALSE;
}

static gboolean give_recorder(HetPart *part, void *opaque, GError **error)
{
    const HetStart *s = opaque;
    guint index;

    g_ptr_array_find(s->defined->parts, part, &index);
    return het_recorder_give(part, g_ptr_array_index(s->recorders, index),
                             error);
}

static gboolean give_demand(HetPart *part, void *opaque, GError **error)
{
    const HetStart *s = opaque;

    return het_demand_give(s->defined, part, s->segment, error);
}

/*
 * Recorders first: what comes then is recorded. What the master's emulator has
 * loaded at its start is not what an image has.
 */
static gboolean step_windows(HetStart *s, GError **error)
{
    g_autoptr(GPtrArray) slaves = het_defined_slaves(s->defined);

    return het_parallel_run(s->defined->parts, give_recorder, s, error) &&
           (s->from.image < 0 || het_segment_clear(s->segment, error)) &&
           het_parallel_run(s->defined->parts, give_demand, s, error) &&
           het_parallel_run(slaves, attach_slave, s, error);
}

static gboolean step_links(HetStart *s, GError **error)
{
    return het_links_connect_new(s->defined, error);
}

static gboolean step_wait(HetStart *s, GError **error)
{
    return het_links_wait(s->defined, NULL, s->timeout_s, error);
}

static gboolean step_state(HetStart *s, GError **error)
{
    return end_beside(s, TRUE, error) &&
           (!s->from.saved ||
            het_saved_state_load(s->defined, s->from.saved, error));
}

static gboolean resume_part(HetPart *part, void *opaque, GError **error)
{
    const HetStart *s = opaque;
    const HetSavedProcessor *was =
        s->from.saved
        ? het_saved_info_find(het_saved_get_info(s->from.saved), part->name)
        : NULL;

    if (was && (!was->ran || s->from.stay_suspended)) {
        return TRUE;
    }
    if (!het_call_resume(part->domain, error)) {
        g_prefix_error(error, "processor '%s': cannot resume: ", part->name);
        return FALSE;
    }
    return TRUE;
}

/* Slaves first: they are ready when the master's software begins. */
static gboolean step_resume(HetStart *s, GError **error)
{
    g_autoptr(GPtrArray) slaves = het_defined_slaves(s->defined);

    return het_parallel_run(slaves, resume_part, s, error) &&
           resume_part(het_defined_master(s->defined), s, error);
}

static gboolean step_mark(HetStart *s, GError **error)
{
    g_free(s->defined->identity);
    g_free(s->defined->recorders);
    s->defined->identity = het_segment_identity(s->segment);
    s->defined->recorders =
        het_recorder_memory_identities(s->defined, s->recorders);
    return het_defined_mark_started(s->defined, error);
}

static const struct {
    const char *name;
    const char *what;
    gboolean (*run)(HetStart *s, GError **error);
} steps[HET_START_STEPS] = {
    { "segment", "reserving platform memory", step_segment },
    { "files", "writing files for the emulators", step_files },
    { "domains", "starting emulators", step_domains },
    { "windows", "attaching windows", step_windows },
    { "links", "making links", step_links },
    { "wait", "waiting for links", step_wait },
    { "state", "loading what was saved", step_state },
    { "resume", "resuming processors", step_resume },
    { "mark", "done", step_mark },
};

static gboolean run_steps(HetStart *s, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        het_progress_step(s->progress, steps[i].what);
        if (het_fault(steps[i].name, error) || het_interrupted(error) ||
            !steps[i].run(s, error)) {
            return FALSE;
        }
    }
    return !het_interrupted(error);
}

static gboolean require_startable(HetDefined *defined, GError **error)
{
    if (defined->started) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' is already running%s", defined->name,
                    het_defined_state(defined) != HET_RUN_PARTIAL ? "" :
                    ", in part; 'hetctl start SOC SLAVE' starts a slave, "
                    "'hetctl destroy' ends it");
        return FALSE;
    }
    return het_memory_require_path(defined, error);
}

/* It takes as long as an emulator's start to get it out of the file. */
static gboolean get_code(void *opaque, GError **error)
{
    const HetSaved *saved = ((const HetStart *)opaque)->from.saved;
    const HetSavedInfo *info = saved ? het_saved_get_info(saved) : NULL;
    g_autoptr(GError) failure = NULL;

    for (guint i = 0; saved && i < info->processors->len; i++) {
        het_saved_get_code(saved, g_ptr_array_index(info->processors, i),
                           &failure);
        if (failure) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean start_or_undo(HetStart *s, GError **error)
{
    HetBeside *code;
    gboolean ok;

    het_interrupt_catch();
    code = het_beside_begin(get_code, s);
    ok = run_steps(s, error);
    ok = end_beside(s, ok, error);
    ok = het_beside_end(code, ok, error);
    if (!ok) {
        g_prefix_error(error, "soc '%s': ", s->defined->name);
        het_progress_step(s->progress, "undoing");
        het_interrupt_defer();
        het_stop(s->defined, NULL);
        het_interrupt_heed();
    }
    het_interrupt_release();
    return ok;
}

gboolean het_start_from(virConnectPtr conn, const char *name,
                        const HetStartFrom *from, guint timeout_s,
                        HetProgress *progress, GError **error)
{
    g_autoptr(HetPlace) place = het_conn_place(conn, error);
    g_autoptr(HetLock) lock =
        place ? het_lock_acquire(place, name, LOCK_MS, error) : NULL;
    g_auto(HetStart) s = {
        .conn = conn,
        .from = *from,
        .unpacked = -1,
        .timeout_s = timeout_s,
        .progress = progress,
    };

    s.defined = lock ? het_defined_find_whole(conn, name, error) : NULL;
    if (!s.defined || !require_startable(s.defined, error) ||
        !het_soc_validate(s.defined->soc, 0, error)) {
        return FALSE;
    }
    if (het_stop_needed(s.defined) && !het_stop(s.defined, error)) {
        g_prefix_error(error, "soc '%s': cleaning up an earlier start: ",
                       name);
        return FALSE;
    }
    if (!het_memory_find_room(conn, s.defined, place, error)) {
        g_prefix_error(error, "soc '%s': ", name);
        return FALSE;
    }
    s.access = het_memory_access(conn, place, s.defined);
    return start_or_undo(&s, error);
}

gboolean het_start(virConnectPtr conn, const char *name, guint timeout_s,
                   HetProgress *progress, GError **error)
{
    const HetStartFrom nothing = { .image = -1 };

    return het_start_from(conn, name, &nothing, timeout_s, progress, error);
}
