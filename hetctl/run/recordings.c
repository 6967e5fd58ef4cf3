/*
 * The recorders of a SoC, to be read
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/recordings.h"

#include <errno.h>
#include <unistd.h>

#include "domain/memory.h"
#include "domain/recorder-area.h"
#include "util/error.h"

typedef struct {
    const HetRecordings *owner;
    char *processor;
    HetRecorderArea area;
    HetRecorder *recorder;      /* NULL: see @problem */
    GError *problem;
} Recording;

struct HetRecordings {
    HetDefined *defined;
    HetSegment *segment;
    GPtrArray *all;             /* Recording */
};

static void recording_free(gpointer data)
{
    Recording *r = data;

    g_free(r->processor);
    g_clear_pointer(&r->recorder, het_recorder_free);
    g_clear_error(&r->problem);
    g_free(r);
}

void het_recordings_free(HetRecordings *recordings)
{
    if (recordings) {
        g_clear_pointer(&recordings->all, g_ptr_array_unref);
        g_clear_pointer(&recordings->segment, het_segment_free);
        g_clear_pointer(&recordings->defined, het_defined_free);
        g_free(recordings);
    }
}

/* Not mapped: who cuts the file would end hetctl. */
static gboolean read_area(void *opaque, guint64 offset, void *buf, gsize size)
{
    const Recording *r = opaque;
    int fd = het_segment_get_fd(r->owner->segment);
    guint8 *to = buf;

    if (offset > r->area.size || size > r->area.size - offset) {
        return FALSE;
    }
    offset += r->area.offset;
    while (size) {
        ssize_t n = pread(fd, to, size, offset);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return FALSE;
        }
        to += n;
        offset += n;
        size -= n;
    }
    return TRUE;
}

static void add_recording(HetRecordings *recordings, const HetPart *part)
{
    const HetSoc *soc = recordings->defined->soc;
    Recording *r = g_new0(Recording, 1);
    HetRecorderMemory memory = { .read = read_area, .opaque = r };

    r->owner = recordings;
    r->processor = g_strdup(part->name);
    r->area = het_recorder_area(soc, het_soc_find_processor(soc,
                                                            part->name));
    memory.size = r->area.size;
    r->recorder = het_recorder_new(&memory, &r->problem);
    g_ptr_array_add(recordings->all, r);
}

static gboolean require_recorders(const HetRecordings *recordings,
                                  GError **error)
{
    const HetDefined *defined = recordings->defined;

    if (het_segment_get_size(recordings->segment) ==
        het_soc_segment_size(defined->soc)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' was started by a hetctl without recorders; "
                    "destroy and start it", defined->name);
        return FALSE;
    }
    for (guint i = 0; i < recordings->all->len; i++) {
        const Recording *r = g_ptr_array_index(recordings->all, i);

        if (r->recorder) {
            return TRUE;
        }
    }
    g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                "soc '%s' has no recorder: its emulators are older than this "
                "hetctl", defined->name);
    return FALSE;
}

HetRecordings *het_recordings_open(virConnectPtr conn, const char *soc,
                                   GError **error)
{
    g_autoptr(HetRecordings) recordings = g_new0(HetRecordings, 1);
    HetDefined *defined = het_defined_find_whole(conn, soc, error);

    recordings->defined = defined;
    recordings->all = g_ptr_array_new_with_free_func(recording_free);
    if (!defined || !het_memory_require_path(defined, error)) {
        return NULL;
    }
    if (!het_segment_exists(defined->segment)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' does not run, and has left no recorder; 'hetctl "
                    "start %s' starts it", soc, soc);
        return NULL;
    }
    recordings->segment = het_memory_open(defined, error);
    if (!recordings->segment) {
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

const HetSegment *het_recordings_get_segment(const HetRecordings *recordings)
{
    return recordings->segment;
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
