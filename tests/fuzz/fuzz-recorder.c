/*
 * The memory of two recorders that somebody has made up, and that changes
 * between two reads
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "fuzz.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "trace/trace.h"

#define HEADER 72
#define RING_HEADER 16
#define CPUS 1
#define RINGS (1 + 2 * CPUS)
#define FIXED (HEADER + RINGS * RING_HEADER)

/*
 * The input has the header, those of the rings, and bytes of which all the rest
 * consists, over and over.
 */
typedef struct {
    const uint8_t *data;
    size_t size;
    guint reads;
} Input;

/*
 * The head goes on.  A large one is slow, as all records are there: it is small
 * unless it is very large.
 */
static uint8_t ring_byte(const Input *input, const uint8_t *ring,
                         guint64 inside)
{
    gboolean is_large = ring[7] == 0xff;

    if (inside == 0) {
        return ring[0] + input->reads;
    }
    return inside < 8 && !is_large ? 0 : ring[inside];
}

static uint8_t byte_at(const Input *input, guint64 offset)
{
    guint64 ring = (offset - HET_RECORDER_HEADER) / HET_RECORDER_RING;
    guint64 inside = (offset - HET_RECORDER_HEADER) % HET_RECORDER_RING;

    if (offset < HEADER) {
        return input->data[offset];
    }
    if (offset >= HET_RECORDER_HEADER && inside < RING_HEADER) {
        return ring_byte(input, input->data + HEADER + ring * RING_HEADER,
                         inside);
    }
    return input->size > FIXED
           ? input->data[FIXED + offset % (input->size - FIXED)] : 0;
}

static gboolean read_input(void *opaque, guint64 offset, void *buf,
                           gsize size)
{
    Input *input = opaque;
    uint8_t *to = buf;

    if (offset > het_recorder_size(CPUS) ||
        size > het_recorder_size(CPUS) - offset) {
        return FALSE;
    }
    input->reads++;
    for (gsize i = 0; i < size; i++) {
        to[i] = byte_at(input, offset + i);
    }
    return TRUE;
}

static void check(const HetTrace *trace)
{
    g_autoptr(GString) text = het_trace_format_text(trace);
    g_autoptr(GString) json = het_trace_format_perfetto(trace);
    g_autoptr(GString) vcd = het_trace_format_vcd(trace);
    g_autoptr(JsonNode) root = json_from_string(json->str, NULL);

    fuzz_assert(root != NULL);
    fuzz_assert(g_utf8_validate(text->str, -1, NULL));
    fuzz_assert(g_utf8_validate(vcd->str, -1, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input = { data, size, 0 };
    HetRecorderMemory memory = {
        .read = read_input, .opaque = &input, .size = het_recorder_size(CPUS),
    };
    g_autoptr(HetTrace) trace = NULL;
    g_autoptr(HetTrace) part = NULL;
    g_autoptr(HetRecorder) m4 = NULL;
    g_autoptr(HetRecorder) m33 = NULL;

    if (size < FIXED) {
        return 0;
    }
    m4 = het_recorder_new(&memory, NULL);
    m33 = het_recorder_new(&memory, NULL);
    trace = het_trace_new("fuzz");
    het_trace_add_processor(trace, "m4", m4, NULL);
    het_trace_add_processor(trace, "m33", m33, NULL);
    for (guint i = 0; i < 2; i++) {
        het_trace_read(trace, NULL);
    }
    part = het_trace_split(trace, 1000000);
    het_trace_finish(part, 0);
    het_trace_finish(trace, G_MININT64);
    check(part);
    check(trace);
    return 0;
}
