/*
 * The flight recorder of one processor, out of the memory that its emulator
 * writes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "trace/recorder.h"

#include <string.h>

#include "util/error.h"
#include "util/text.h"

#define MAGIC 0x43455248u
#define LAYOUT_VERSION 1
#define NAME_SIZE 64
#define NAMES_AT 0x1000
#define RECORDS_AT 0x1000
#define KIND_OTHERS 0
#define TRIES 16

/* As they lie there, in the byte order of the host */
typedef struct {
    guint32 magic;
    guint32 version;
    guint32 nr_rings;
    guint32 nr_records;
    guint32 nr_names;
    guint32 pair_seq;
    HetRecorderPair first;
    HetRecorderPair last;
} Header;

typedef struct {
    guint64 head;
    guint32 cpu;
    guint32 kind;
} RingHeader;

typedef struct {
    guint64 ticks;
    guint32 kind;
    guint32 name;
    guint64 a;
    guint64 b;
} RawRecord;

G_STATIC_ASSERT(sizeof(Header) == 72);
G_STATIC_ASSERT(sizeof(RingHeader) == 16);
G_STATIC_ASSERT(sizeof(RawRecord) == 32);

struct HetRecorder {
    HetRecorderMemory memory;
    Header header;
    guint64 *seen;              /* of each ring */
    char *names[HET_RECORDER_NAMES];
};

guint64 het_recorder_size(guint cpus)
{
    return HET_RECORDER_HEADER +
           (1 + 2 * (guint64)cpus) * HET_RECORDER_RING;
}

static gboolean fail(GError **error)
{
    g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                "the memory of the recorder cannot be read; somebody has cut "
                "it");
    return FALSE;
}

static gboolean read_memory(const HetRecorder *r, guint64 offset, void *buf,
                            gsize size)
{
    return r->memory.read(r->memory.opaque, offset, buf, size);
}

/* ---- the header ---- */

/* The emulator may be in the middle of it, or have ended there. */
static gboolean read_header(HetRecorder *r, GError **error)
{
    for (guint i = 0; i < TRIES; i++) {
        guint32 seq;

        if (!read_memory(r, G_STRUCT_OFFSET(Header, pair_seq), &seq,
                         sizeof(seq)) ||
            !read_memory(r, 0, &r->header, sizeof(r->header))) {
            return fail(error);
        }
        if (seq % 2 == 0 && seq == r->header.pair_seq) {
            break;
        }
    }
    return TRUE;
}

static gboolean check_header(const HetRecorder *r, GError **error)
{
    const Header *h = &r->header;

    if (!h->magic) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "nothing was recorded");
        return FALSE;
    }
    if (h->magic != MAGIC || h->version != LAYOUT_VERSION ||
        h->nr_records != HET_RECORDER_RECORDS || !h->nr_rings ||
        h->nr_rings > (r->memory.size - HET_RECORDER_HEADER) /
                      HET_RECORDER_RING) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "the memory of the recorder holds something else: magic "
                    "0x%08x, version %u, %u rings", h->magic, h->version,
                    h->nr_rings);
        return FALSE;
    }
    return TRUE;
}

static gboolean read_names(HetRecorder *r, GError **error)
{
    guint32 count = MIN(r->header.nr_names, HET_RECORDER_NAMES);

    for (guint32 i = 1; i < count; i++) {
        char name[NAME_SIZE + 1] = "";

        if (r->names[i]) {
            continue;
        }
        if (!read_memory(r, NAMES_AT + i * NAME_SIZE, name, NAME_SIZE)) {
            return fail(error);
        }
        r->names[i] = het_text_printable(name);
    }
    return TRUE;
}

const char *het_recorder_name(const HetRecorder *r, guint32 name)
{
    return name < HET_RECORDER_NAMES && r->names[name] ? r->names[name] : "";
}

HetRecorderPair het_recorder_first_pair(const HetRecorder *r)
{
    return r->header.first;
}

HetRecorderPair het_recorder_last_pair(const HetRecorder *r)
{
    return r->header.last;
}

static void forget(HetRecorder *r)
{
    g_clear_pointer(&r->seen, g_free);
    for (guint i = 0; i < HET_RECORDER_NAMES; i++) {
        g_clear_pointer(&r->names[i], g_free);
    }
}

HetRecorder *het_recorder_new(const HetRecorderMemory *memory, GError **error)
{
    g_autoptr(HetRecorder) r = g_new0(HetRecorder, 1);

    r->memory = *memory;
    if (memory->size < HET_RECORDER_HEADER) {
        fail(error);
        return NULL;
    }
    if (!read_header(r, error) || !check_header(r, error)) {
        return NULL;
    }
    return g_steal_pointer(&r);
}

void het_recorder_free(HetRecorder *r)
{
    if (r) {
        forget(r);
        g_free(r);
    }
}

/* ---- rings ---- */

/* Records [from, to) of a ring, at most as many as it has */
static gboolean read_records(const HetRecorder *r, guint64 ring, guint64 from,
                             guint64 to, RawRecord *raw)
{
    while (from < to) {
        guint64 slot = from % HET_RECORDER_RECORDS;
        guint64 n = MIN(to - from, HET_RECORDER_RECORDS - slot);

        if (!read_memory(r, ring + RECORDS_AT + slot * sizeof(*raw), raw,
                         n * sizeof(*raw))) {
            return FALSE;
        }
        raw += n;
        from += n;
    }
    return TRUE;
}

static void add_records(const RingHeader *ring, const RawRecord *raw,
                        guint64 n, GArray *records)
{
    for (guint64 i = 0; i < n; i++) {
        HetRecord record = {
            .ticks = raw[i].ticks,
            .kind = raw[i].kind,
            .cpu = ring->kind == KIND_OTHERS ? HET_RECORD_NO_CPU : ring->cpu,
            .name = raw[i].name,
            .a = raw[i].a,
            .b = raw[i].b,
        };

        g_array_append_val(records, record);
    }
}

/* The oldest that is certainly not being overwritten */
static guint64 oldest(guint64 head)
{
    return head < HET_RECORDER_RECORDS ? 0 : head - HET_RECORDER_RECORDS + 1;
}

/*
 * A record is complete when "head" counts it.  What was overwritten while it
 * was read is found by "head" afterwards.
 */
static gboolean read_ring(HetRecorder *r, guint n, GArray *records,
                          guint64 *lost)
{
    guint64 at = HET_RECORDER_HEADER + (guint64)n * HET_RECORDER_RING;
    g_autofree RawRecord *raw = g_new(RawRecord, HET_RECORDER_RECORDS);
    RingHeader ring, after;
    guint64 from, first;

    if (!read_memory(r, at, &ring, sizeof(ring))) {
        return FALSE;
    }
    if (ring.head <= r->seen[n]) {
        r->seen[n] = ring.head;
        return TRUE;
    }
    from = MAX(r->seen[n], oldest(ring.head));
    if (!read_records(r, at, from, ring.head, raw) ||
        !read_memory(r, at, &after, sizeof(after))) {
        return FALSE;
    }
    first = CLAMP(oldest(after.head), from, ring.head);
    *lost += r->seen[n] ? first - r->seen[n] : 0;
    add_records(&ring, raw + (first - from), ring.head - first, records);
    r->seen[n] = ring.head;
    return TRUE;
}

gboolean het_recorder_read(HetRecorder *r, GArray *records, guint64 *lost,
                           GError **error)
{
    HetRecorderPair before = r->header.first;

    if (!read_header(r, error) || !check_header(r, error)) {
        return FALSE;
    }
    if (memcmp(&before, &r->header.first, sizeof(before))) {
        /* Another emulator has begun. */
        forget(r);
    }
    if (!r->seen) {
        r->seen = g_new0(guint64, r->header.nr_rings);
    }
    for (guint i = 0; i < r->header.nr_rings; i++) {
        if (!read_ring(r, i, records, lost)) {
            return fail(error);
        }
    }
    /* Last: a name is there before the first record that has it. */
    return read_header(r, error) && check_header(r, error) &&
           read_names(r, error);
}
