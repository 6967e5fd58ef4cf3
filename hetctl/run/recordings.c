/*
 * The recorders of a SoC, to be read
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/recordings.h"

#include "domain/memory.h"
#include "domain/recorder-memory.h"
#include "util/error.h"
#include "util/write-all.h"

typedef struct {
    char *processor;
    HetSegment *memory;
    HetRecorder *recorder;      /* NULL: see @problem */
    GError *problem;
} Recording;

struct HetRecordings {
    HetDefined *defined;
    GPtrArray *all;             /* Recording */
};

static void recording_free(gpointer data)
{
    Recording *r = data;

    g_free(r->processor);
    g_clear_pointer(&r->recorder, het_recorder_free);
    g_clear_pointer(&r->memory, het_segment_free);
    g_clear_error(&r->problem);
    g_free(r);
}

void het_recordings_free(HetRecordings *recordings)
{
    if (recordings) {
        g_clear_pointer(&recordings->all, g_ptr_array_unref);
        g_clear_pointer(&recordings->defined, het_defined_free);
        g_free(recordings);
    }
}

/* Not mapped: who cuts the file would end hetctl. */
static gboolean read_area(void *opaque, guint64 offset, void *buf, gsize size)
{
    const Recording *r = opaque;
    guint64 whole = het_segment_get_size(r->memory);

    return offset <= whole && size <= whole - offset &&
           !het_read_at(het_segment_get_fd(r->memory), buf, size, offset);
}

static void add_recording(HetRecordings *recordings, const HetPart *part)
{
    Recording *r = g_new0(Recording, 1);
    HetRecorderMemory memory = { .read = read_area, .opaque = r };

    r->processor = g_strdup(part->name);
    r->memory = het_recorder_memory_open(recordings->defined, part,
                                         &r->problem);
    if (r->memory) {
        memory.size = het_segment_get_size(r->memory);
        r->recorder = het_recorder_new(&memory, &r->problem);
    }
    g_ptr_array_add(recordings->all, r);
}

/* All are without: what is wrong with the master's is what is said. */
static gboolean require_recorders(const HetRecordings *recordings,
                                  GError **error)
{
    const Recording *first = g_ptr_array_index(recordings->all, 0);

    for (guint i = 0; i < recordings->all->len; i++) {
        const Recording *r = g_ptr_array_index(recordings->all, i);

        if (r->recorder) {
            return TRUE;
        }
    }
    if (!g_error_matches(first->problem, HET_ERROR, HET_ERROR_NOT_FOUND)) {
        g_propagate_prefixed_error(error, g_error_copy(first->problem),
                                   "soc '%s' has no recorder: processor "
                                   "'%s': ", recordings->defined->name,
                                   first->processor);
        return FALSE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                "soc '%s' has no recorder: its emulators are older than this "
                "hetctl", recordings->defined->name);
    return FALSE;
}

static gboolean require_memory(const HetDefined *defined, GError **error)
{
    const char *soc = defined->name;

    if (!het_memory_require_path(defined, error)) {
        return FALSE;
    }
    if (het_recorder_memory_is_used(defined)) {
        return TRUE;
    }
    if (defined->started) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' was started by a hetctl without recorders; "
                    "destroy and start it", soc);
    } else {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' does not run, and has left no recorder; 'hetctl "
                    "start %s' starts it", soc, soc);
    }
    return FALSE;
}

HetRecordings *het_recordings_open(virConnectPtr conn, const char *soc,
                                   GError **error)
{
    g_autoptr(HetRecordings) recordings = g_new0(HetRecordings, 1);
    HetDefined *defined = het_defined_find_whole(conn, soc, error);

    recordings->defined = defined;
    recordings->all = g_ptr_array_new_with_free_func(recording_free);
    if (!defined || !require_memory(defined, error)) {
        return NULL;
    }
    for (guint i = 0; i < defined->parts->len; i++) {
        add_recording(recordings, g_ptr_array_index(defined->parts, i));
    }
    return require_recorders(recordings, error)
           ? g_steal_pointer(&recordings) : NULL;
}

const HetDefined *het_recordings_get_defined(const HetRecordings *recordings)
{
    return recordings->defined;
}

HetTrace *het_recordings_trace(HetRecordings *recordings)
{
    HetTrace *trace = het_trace_new(recordings->defined->name);

    trace->epoch_ns = (g_get_real_time() - g_get_monotonic_time()) * 1000;
    for (guint i = 0; i < recordings->all->len; i++) {
        const Recording *r = g_ptr_array_index(recordings->all, i);

        het_trace_add_processor(trace, r->processor, r->recorder,
                                r->problem ? r->problem->message : NULL);
    }
    return trace;
}
