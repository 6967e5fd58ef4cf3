/*
 * The state of a SoC that runs, taken and put back
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/saved-state.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "domain/call.h"
#include "domain/memory.h"
#include "qmp/qmp.h"
#include "run/beside.h"
#include "run/parallel.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/interrupt.h"

static void prefix(GError **error, const HetPart *part)
{
    g_prefix_error(error, "processor '%s': ", part->name);
}

/* Freezing */

typedef struct {
    const HetDefined *defined;
    HetSavedInfo *info;
    int leash;
} HetFreezing;

static HetSavedProcessor *processor_of(const HetSavedInfo *info,
                                       const HetPart *part)
{
    return het_saved_info_find(info, part->name);
}

/* Of a slave whose memory is attached at each request it may be missing. */
static gboolean look_at_memory(HetQmp *qmp, const HetPart *part,
                               HetSavedProcessor *p, GError **error)
{
    g_autoptr(HetSlaveInfo) slave = NULL;
    guint attached = 0;

    if (part->is_master) {
        p->attached = TRUE;
        return TRUE;
    }
    slave = het_qmp_query_slave(qmp, error);
    for (guint i = 0; slave && i < slave->windows->len; i++) {
        const HetSlaveWindow *w = g_ptr_array_index(slave->windows, i);

        attached += w->attached;
    }
    p->attached = attached > 0;
    if (slave && attached && attached < slave->windows->len) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "only %u of its %u windows have memory", attached,
                    slave->windows->len);
        return FALSE;
    }
    return slave != NULL;
}

/* Of the master, which stands for all */
static gboolean get_version(HetQmp *qmp, const HetPart *part,
                            HetSavedInfo *info, GError **error)
{
    if (!part->is_master) {
        return TRUE;
    }
    info->emulator = het_qmp_query_version(qmp, error);
    return info->emulator != NULL;
}

static gboolean freeze_part(HetPart *part, void *opaque, GError **error)
{
    const HetFreezing *f = opaque;
    HetSavedProcessor *p = processor_of(f->info, part);
    g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);
    HetClock clock = { 0 };

    if (!het_qmp_processor_freeze(qmp, f->leash, &clock, error)) {
        prefix(error, part);
        return FALSE;
    }
    p->ran = clock.running;
    p->host_ns = clock.host_ns;
    p->guest_ns = clock.guest_ns;
    if (!look_at_memory(qmp, part, p, error) ||
        !get_version(qmp, part, f->info, error)) {
        prefix(error, part);
        return FALSE;
    }
    return TRUE;
}

static gboolean require_all(const HetDefined *defined, GError **error)
{
    for (guint i = 0; i < defined->parts->len; i++) {
        const HetPart *part = g_ptr_array_index(defined->parts, i);

        if (!het_part_is_active(part)) {
            g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                        "processor '%s' is %s: only a SoC that is whole can "
                        "be saved", part->name, het_part_state_name(part));
            return FALSE;
        }
    }
    return TRUE;
}

gboolean het_saved_state_freeze(const HetDefined *defined, HetSavedInfo *info,
                                int leash, GError **error)
{
    HetFreezing f = { defined, info, leash };
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();

    if (!require_all(defined, error)) {
        return FALSE;
    }
    info->soc = g_strdup(defined->name);
    info->xml = het_soc_format(defined->soc);
    info->when = g_date_time_format_iso8601(now);
    info->memory_size = het_soc_segment_size(defined->soc);
    for (guint i = 0; i < defined->parts->len; i++) {
        const HetPart *part = g_ptr_array_index(defined->parts, i);

        het_saved_info_add(info, part->name);
    }
    if (het_parallel_run(defined->parts, freeze_part, &f, error)) {
        return TRUE;
    }
    het_saved_state_resume(defined, info, NULL);
    return FALSE;
}

static gboolean resume_part(HetPart *part, void *opaque, GError **error)
{
    const HetSavedProcessor *p = processor_of(opaque, part);

    if (p && p->ran && !het_call_resume(part->domain, error)) {
        g_prefix_error(error, "processor '%s': cannot resume: ", part->name);
        return FALSE;
    }
    return TRUE;
}

gboolean het_saved_state_resume(const HetDefined *defined,
                                const HetSavedInfo *info, GError **error)
{
    g_autoptr(GPtrArray) slaves = het_defined_slaves(defined);
    gboolean ok;

    het_interrupt_defer();
    ok = het_parallel_run(slaves, resume_part, (void *)info, error);
    ok = resume_part(het_defined_master(defined), (void *)info,
                     ok ? error : NULL) && ok;
    het_interrupt_heed();
    return ok;
}

/* Writing */

typedef struct {
    int state;                  /* a file, -1: none */
    int translated;             /* another, until it is packed */
    HetSavedCode *code;         /* NULL: none */
} HetTaken;

typedef struct {
    const HetDefined *defined;
    HetTaken *taken;            /* of each of the parts */
} HetTaking;

static int new_file(const char *name, GError **error)
{
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot make a file without a name: %s",
                    g_strerror(errno));
    }
    return fd;
}

/* Not every emulator can tell what it has translated, and none has to. */
static int take_code(HetQmp *qmp)
{
    int fd = new_file("hetctl-code", NULL);

    if (fd >= 0 && !het_qmp_processor_save_code(qmp, fd, NULL)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static gboolean pack_code(void *opaque, GError **error)
{
    HetTaken *taken = opaque;

    if (taken->translated >= 0) {
        taken->code = het_saved_code_pack(taken->translated, NULL);
        close(taken->translated);
    }
    return TRUE;
}

static gboolean take_state(HetPart *part, void *opaque, GError **error)
{
    const HetTaking *t = opaque;
    g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);
    HetTaken *taken;
    HetBeside *beside;
    gboolean ok;
    guint index;

    g_ptr_array_find(t->defined->parts, part, &index);
    taken = &t->taken[index];
    taken->state = new_file("hetctl-state", error);
    if (taken->state < 0) {
        return FALSE;
    }
    /* First, as it takes long to pack. */
    taken->translated = take_code(qmp);
    beside = het_beside_begin(pack_code, taken);
    ok = het_qmp_processor_save(qmp, taken->state, error);
    if (!ok) {
        prefix(error, part);
    }
    return het_beside_end(beside, ok, error);
}

static gboolean write_states(const HetTaking *t, HetSavedInfo *info,
                             HetSavedWriter *writer, GError **error)
{
    for (guint i = 0; i < t->defined->parts->len; i++) {
        HetPart *part = g_ptr_array_index(t->defined->parts, i);
        HetSavedProcessor *p = processor_of(info, part);

        if (!het_saved_writer_add_state(writer, p, t->taken[i].state, error) ||
            (t->taken[i].code &&
             !het_saved_writer_add_code(writer, p, t->taken[i].code, error))) {
            g_prefix_error(error, "state of processor '%s': ", part->name);
            return FALSE;
        }
    }
    return TRUE;
}

typedef struct {
    const HetDefined *defined;
    HetSavedWriter *writer;
} HetMemoryWrite;

static gboolean write_memory(void *opaque, GError **error)
{
    const HetMemoryWrite *m = opaque;
    g_autoptr(HetSegment) segment = NULL;

    if (het_fault("save-memory", error)) {
        return FALSE;
    }
    segment = het_memory_open(m->defined, error);
    if (!segment) {
        return FALSE;
    }
    if (!het_segment_require_image(segment, error) ||
        !het_saved_writer_add_memory(m->writer, het_segment_get_fd(segment),
                                     het_segment_get_size(segment), error)) {
        g_prefix_error(error, "platform memory: ");
        return FALSE;
    }
    return TRUE;
}

gboolean het_saved_state_write(const HetDefined *defined, HetSavedInfo *info,
                               HetSavedWriter *writer, GError **error)
{
    guint n = defined->parts->len;
    g_autofree HetTaken *taken = g_new(HetTaken, n);
    HetTaking t = { defined, taken };
    HetMemoryWrite m = { defined, writer };
    HetBeside *memory;
    gboolean ok;

    for (guint i = 0; i < n; i++) {
        taken[i] = (HetTaken) { -1, -1, NULL };
    }
    memory = het_beside_begin(write_memory, &m);
    ok = !het_fault("save-states", error) &&
         het_parallel_run(defined->parts, take_state, &t, error);
    ok = het_beside_end(memory, ok, error) &&
         write_states(&t, info, writer, error);
    for (guint i = 0; i < n; i++) {
        if (taken[i].state >= 0) {
            close(taken[i].state);
        }
        het_saved_code_free(taken[i].code);
    }
    return ok;
}

/* Loading */

static gboolean freeze_new(HetPart *part, void *opaque, GError **error)
{
    g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);
    HetClock clock;

    if (!het_qmp_processor_freeze(qmp, -1, &clock, error)) {
        prefix(error, part);
        return FALSE;
    }
    return TRUE;
}

/* Code that this emulator cannot use is translated anew. */
static gboolean load_code(HetQmp *qmp, const HetSaved *saved,
                          const HetSavedProcessor *p, GError **error)
{
    g_autoptr(GError) failure = NULL;
    int fd = het_saved_get_code(saved, p, &failure);

    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (fd >= 0) {
        het_qmp_processor_load_code(qmp, fd, NULL);
    }
    return TRUE;
}

static gboolean load_state(HetPart *part, void *opaque, GError **error)
{
    const HetSaved *saved = opaque;
    const HetSavedProcessor *p = processor_of(het_saved_get_info(saved),
                                              part);
    g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);
    int fd = het_saved_open_state(saved, p, error);
    gboolean ok;

    if (fd < 0) {
        return FALSE;
    }
    ok = het_qmp_processor_load(qmp, fd, error) &&
         load_code(qmp, saved, p, error);
    if (!ok) {
        prefix(error, part);
    }
    close(fd);
    return ok;
}

gboolean het_saved_state_require_version(const HetDefined *defined,
                                         const HetSavedInfo *info,
                                         GError **error)
{
    const HetPart *part = het_defined_master(defined);
    g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);
    g_autofree char *version = het_qmp_query_version(qmp, error);

    if (!version) {
        prefix(error, part);
        return FALSE;
    }
    if (!g_str_equal(version, info->emulator)) {
        g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                    "it was saved by an emulator of version %s, this one has "
                    "%s", info->emulator, version);
        return FALSE;
    }
    return TRUE;
}

static gboolean require_same(const HetDefined *defined,
                             const HetSavedInfo *info, GError **error)
{
    gboolean same = info->processors->len == defined->parts->len &&
                    info->memory_size == het_soc_segment_size(defined->soc);

    for (guint i = 0; same && i < defined->parts->len; i++) {
        same = processor_of(info,
                            g_ptr_array_index(defined->parts, i)) != NULL;
    }
    if (!same) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "what was saved has other processors, or other memory");
    }
    return same;
}

gboolean het_saved_state_load(const HetDefined *defined,
                              const HetSaved *saved, GError **error)
{
    const HetSavedInfo *info = het_saved_get_info(saved);

    /*
     * All are frozen before the first one is loaded: what each loads into the
     * links must not look like something that happens.
     */
    return require_same(defined, info, error) &&
           het_saved_state_require_version(defined, info, error) &&
           het_parallel_run(defined->parts, freeze_new, NULL, error) &&
           het_parallel_run(defined->parts, load_state, (void *)saved, error);
}
