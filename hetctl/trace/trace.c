/*
 * What happened in a SoC: the records of all its processors on one time line
 *
 * All emulators of a SoC read the ticks of one host: these are what events are
 * ordered by.  The pairs of clocks that each emulator keeps tell how ticks
 * become nanoseconds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "trace/trace.h"

#include <string.h>

/* Of a tick, in nanoseconds; outside of it a pair is no pair. */
#define RATE_MIN 1e-3
#define RATE_MAX 1e3

static void event_free(gpointer data)
{
    HetTraceEvent *event = data;

    g_clear_pointer(&event->bytes, g_bytes_unref);
    g_free(event->line);
    g_free(event);
}

static void processor_free(gpointer data)
{
    HetTraceProcessor *processor = data;

    g_free(processor->name);
    g_free(processor->problem);
    g_free(processor);
}

HetTrace *het_trace_new(const char *soc)
{
    HetTrace *trace = g_new0(HetTrace, 1);

    trace->soc = g_strdup(soc);
    trace->processors = g_ptr_array_new_with_free_func(processor_free);
    trace->events = g_ptr_array_new_with_free_func(event_free);
    trace->flows = g_array_new(FALSE, FALSE, sizeof(HetTraceFlow));
    trace->names = g_string_chunk_new(1024);
    return trace;
}

void het_trace_free(HetTrace *trace)
{
    if (trace) {
        g_free(trace->soc);
        g_ptr_array_unref(trace->processors);
        g_ptr_array_unref(trace->events);
        g_array_unref(trace->flows);
        g_string_chunk_free(trace->names);
        g_free(trace);
    }
}

static HetTraceProcessor *processor_at(const HetTrace *trace, guint i)
{
    return g_ptr_array_index(trace->processors, i);
}

const HetTraceEvent *het_trace_event(const HetTrace *trace, guint i)
{
    return g_ptr_array_index(trace->events, i);
}

void het_trace_add_processor(HetTrace *trace, const char *name,
                             HetRecorder *recorder, const char *problem)
{
    HetTraceProcessor *processor = g_new0(HetTraceProcessor, 1);

    processor->name = g_strdup(name);
    processor->recorder = recorder;
    processor->problem = g_strdup(problem);
    g_ptr_array_add(trace->processors, processor);
}

guint64 het_trace_lost(const HetTrace *trace)
{
    guint64 lost = 0;

    for (guint i = 0; i < trace->processors->len; i++) {
        lost += processor_at(trace, i)->lost;
    }
    return lost;
}

/* ---- clocks ---- */

/* Ticks and nanoseconds of the host, by the pairs that are furthest apart */
typedef struct {
    HetRecorderPair base;
    double rate;
} Clock;

static void clock_try(Clock *clock, double *best, HetRecorderPair first,
                      HetRecorderPair last)
{
    double ticks = (double)last.ticks - (double)first.ticks;
    double ns = (double)last.ns - (double)first.ns;

    if (ticks > *best && ns > 0 && ns / ticks >= RATE_MIN &&
        ns / ticks <= RATE_MAX) {
        *best = ticks;
        clock->base = last;
        clock->rate = ns / ticks;
    }
}

static Clock clock_of(const HetTrace *trace)
{
    Clock clock = { .rate = 1 };
    double best = 0;

    for (guint i = 0; i < trace->processors->len; i++) {
        const HetRecorder *r = processor_at(trace, i)->recorder;

        if (r && !clock.base.ticks) {
            clock.base = het_recorder_first_pair(r);
        }
        if (r) {
            clock_try(&clock, &best, het_recorder_first_pair(r),
                      het_recorder_last_pair(r));
        }
    }
    return clock;
}

/* Ticks may be anything: a time that is none is the end of all times. */
static gint64 clock_ns(const Clock *clock, guint64 ticks)
{
    double ns = ticks >= clock->base.ticks
                ? (double)(ticks - clock->base.ticks) * clock->rate
                : -((double)(clock->base.ticks - ticks) * clock->rate);
    gint64 base = CLAMP(clock->base.ns, 0, G_MAXINT64 / 4);

    return base + (gint64)CLAMP(ns, -(double)(G_MAXINT64 / 4),
                                (double)(G_MAXINT64 / 4));
}

/* ---- events ---- */

static guint find_peer(const HetTrace *trace, const char *name)
{
    const char *colon = strchr(name, ':');
    gsize length = colon ? (gsize)(colon - name) : 0;

    for (guint i = 0; colon && i < trace->processors->len; i++) {
        const char *other = processor_at(trace, i)->name;

        if (strlen(other) == length && !strncmp(other, name, length)) {
            return i;
        }
    }
    return HET_TRACE_NONE;
}

const char *het_trace_device(const HetTraceEvent *event)
{
    const char *colon = strchr(event->name, ':');

    return colon ? colon + 1 : event->name;
}

static void add_event(HetTrace *trace, guint processor,
                      const HetRecord *record, guint order)
{
    HetTraceEvent *event = g_new0(HetTraceEvent, 1);

    event->processor = processor;
    event->ticks = record->ticks;
    event->kind = record->kind;
    event->cpu = record->cpu;
    event->a = record->a;
    event->b = record->b;
    event->order = order;
    event->name = g_string_chunk_insert_const(
        trace->names, het_recorder_name(processor_at(trace, processor)
                                        ->recorder, record->name));
    event->peer = find_peer(trace, event->name);
    g_ptr_array_add(trace->events, event);
}

gboolean het_trace_read(HetTrace *trace, GError **error)
{
    g_autoptr(GPtrArray) all =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

    for (guint i = 0; i < trace->processors->len; i++) {
        HetTraceProcessor *p = processor_at(trace, i);
        GArray *records = g_array_new(FALSE, FALSE, sizeof(HetRecord));

        g_ptr_array_add(all, records);
        if (p->recorder &&
            !het_recorder_read(p->recorder, records, &p->lost, error)) {
            g_prefix_error(error, "processor '%s': ", p->name);
            return FALSE;
        }
    }
    for (guint i = 0; i < all->len; i++) {
        const GArray *records = g_ptr_array_index(all, i);

        for (guint j = 0; j < records->len; j++) {
            add_event(trace, i, &g_array_index(records, HetRecord, j), j);
        }
    }
    return TRUE;
}

void het_trace_add_message(HetTrace *trace, const HetTraceMessage *message)
{
    HetTraceEvent *event = g_new0(HetTraceEvent, 1);

    event->kind = HET_TRACE_MESSAGE;
    event->is_seen = TRUE;
    event->processor = message->from;
    event->peer = message->to;
    event->cpu = HET_RECORD_NO_CPU;
    event->name = "";
    event->line = g_strdup(message->name);
    event->a = message->source;
    event->b = message->destination;
    event->bytes = g_bytes_ref(message->bytes);
    event->channel = message->channel;
    event->not_before = message->not_before;
    event->ns = message->seen;
    event->needs_ring = message->needs_ring;
    event->order = trace->events->len;
    g_ptr_array_add(trace->events, event);
}

void het_trace_add_line(HetTrace *trace, guint processor, const char *console,
                        const char *line, gint64 ns)
{
    HetTraceEvent *event = g_new0(HetTraceEvent, 1);

    event->kind = HET_TRACE_LINE;
    event->is_seen = TRUE;
    event->processor = processor;
    event->peer = HET_TRACE_NONE;
    event->cpu = HET_RECORD_NO_CPU;
    event->name = g_string_chunk_insert_const(trace->names, console);
    event->line = g_strdup(line);
    event->ns = ns;
    event->order = trace->events->len;
    g_ptr_array_add(trace->events, event);
}

static gint compare_events(gconstpointer a, gconstpointer b)
{
    const HetTraceEvent *x = *(HetTraceEvent *const *)a;
    const HetTraceEvent *y = *(HetTraceEvent *const *)b;

    if (x->ns != y->ns) {
        return x->ns < y->ns ? -1 : 1;
    }
    /* A message is told after its ring. */
    if (x->is_seen != y->is_seen) {
        return x->is_seen ? 1 : -1;
    }
    if (x->ticks != y->ticks) {
        return x->ticks < y->ticks ? -1 : 1;
    }
    return x->order < y->order ? -1 : x->order > y->order;
}

/* ---- the clock of each guest ---- */

/*
 * It is the host's, less an offset that changes only while the processor is
 * stopped; a record of each change has it.
 */
typedef struct {
    gboolean is_stopped;
    gint64 at;                  /* where it stands */
    gint64 offset;
    gboolean is_known;
} GuestClock;

static gint64 difference(gint64 a, gint64 b)
{
    return (gint64)((guint64)a - (guint64)b);
}

static void guest_clock_set(GuestClock *clock, const HetTraceEvent *event,
                            gboolean is_running)
{
    clock->is_known = TRUE;
    clock->is_stopped = !is_running;
    clock->at = event->b;
    clock->offset = difference(event->ns, event->b);
}

static gint64 guest_clock_ns(const GuestClock *clock, gint64 ns)
{
    return clock->is_stopped ? clock->at : difference(ns, clock->offset);
}

/* Until the first change that is seen it went on as it did at that change. */
static GuestClock guest_clock_before(const HetTrace *trace, guint processor)
{
    const HetRecorder *r = processor_at(trace, processor)->recorder;
    GuestClock clock = { 0 };

    for (guint i = 0; i < trace->events->len; i++) {
        const HetTraceEvent *event = het_trace_event(trace, i);

        if (event->processor == processor && event->kind == HET_RECORD_RUN) {
            guest_clock_set(&clock, event, !event->a);
            clock.is_stopped = event->a != 0;
            return clock;
        }
    }
    if (r) {
        HetRecorderPair pair = het_recorder_last_pair(r);

        clock.offset = difference(pair.ns, pair.virtual_ns);
        clock.is_known = TRUE;
    }
    return clock;
}

static void set_virtual_times(HetTrace *trace)
{
    g_autofree GuestClock *clocks = g_new(GuestClock,
                                          trace->processors->len);

    for (guint i = 0; i < trace->processors->len; i++) {
        clocks[i] = guest_clock_before(trace, i);
    }
    for (guint i = 0; i < trace->events->len; i++) {
        HetTraceEvent *event = g_ptr_array_index(trace->events, i);
        GuestClock *clock = &clocks[event->processor];

        if (event->kind == HET_RECORD_RUN) {
            guest_clock_set(clock, event, event->a != 0);
        }
        event->virtual_ns = guest_clock_ns(clock, event->ns);
    }
}

/* ---- flows ---- */

/*
 * A channel is rung, and can be rung anew only when it was taken: the last
 * ring before a take is the one that it takes.
 */
typedef struct {
    guint flow[32];             /* HET_TRACE_NONE: the channel is free */
} Pending;

static char *pending_key(guint from, guint to, const char *device)
{
    return g_strdup_printf("%u %u %s", from, to, device);
}

static Pending *pending_get(GHashTable *all, guint from, guint to,
                            const char *device)
{
    g_autofree char *key = pending_key(from, to, device);
    Pending *pending = g_hash_table_lookup(all, key);

    if (!pending) {
        pending = g_new(Pending, 1);
        memset(pending->flow, 0xff, sizeof(pending->flow));
        g_hash_table_insert(all, g_steal_pointer(&key), pending);
    }
    return pending;
}

static HetTraceFlow *flow_at(HetTrace *trace, guint i)
{
    return &g_array_index(trace->flows, HetTraceFlow, i);
}

static void note_ring(HetTrace *trace, GHashTable *all, guint i)
{
    const HetTraceEvent *event = het_trace_event(trace, i);
    Pending *pending = pending_get(all, event->processor, event->peer,
                                   het_trace_device(event));

    for (guint channel = 0; channel < 32; channel++) {
        if (event->a >> channel & 1) {
            HetTraceFlow flow = {
                i, HET_TRACE_NONE, HET_TRACE_NONE, channel
            };

            pending->flow[channel] = trace->flows->len;
            g_array_append_val(trace->flows, flow);
        }
    }
}

static void note_take(HetTrace *trace, GHashTable *all, guint i)
{
    const HetTraceEvent *event = het_trace_event(trace, i);
    Pending *pending = pending_get(all, event->peer, event->processor,
                                   het_trace_device(event));

    for (guint channel = 0; channel < 32; channel++) {
        guint flow = pending->flow[channel];

        if ((event->a >> channel & 1) && flow != HET_TRACE_NONE) {
            flow_at(trace, flow)->take = i;
            pending->flow[channel] = HET_TRACE_NONE;
        }
    }
}

/* The line is that of the device: whoever has rung. */
static void note_irq(HetTrace *trace, GHashTable *all, guint i)
{
    const HetTraceEvent *event = het_trace_event(trace, i);

    for (guint from = 0; from < trace->processors->len; from++) {
        Pending *pending = pending_get(all, from, event->processor,
                                       event->name);

        for (guint channel = 0; channel < 32; channel++) {
            guint flow = pending->flow[channel];

            if (flow != HET_TRACE_NONE &&
                flow_at(trace, flow)->irq == HET_TRACE_NONE) {
                flow_at(trace, flow)->irq = i;
            }
        }
    }
}

/* A reset by the peer, or a link that went, has made all channels free. */
static void note_flush(HetTrace *trace, GHashTable *all, guint i)
{
    const HetTraceEvent *event = het_trace_event(trace, i);
    const char *device = het_trace_device(event);
    Pending *out = pending_get(all, event->processor, event->peer, device);

    memset(out->flow, 0xff, sizeof(out->flow));
}

static void find_flows(HetTrace *trace)
{
    g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal,
                                                      g_free, g_free);

    g_array_set_size(trace->flows, 0);
    for (guint i = 0; i < trace->events->len; i++) {
        const HetTraceEvent *event = het_trace_event(trace, i);

        if (event->kind == HET_RECORD_IRQ) {
            note_irq(trace, all, i);
        } else if (event->peer == HET_TRACE_NONE) {
            continue;
        } else if (event->kind == HET_RECORD_RING) {
            note_ring(trace, all, i);
        } else if (event->kind == HET_RECORD_TAKE) {
            note_take(trace, all, i);
        } else if (event->kind == HET_RECORD_LINK ||
                   (event->kind == HET_RECORD_BOOT && !event->a)) {
            note_flush(trace, all, i);
        }
    }
}

/* ---- when messages were sent ---- */

static gboolean is_ring_of(const HetTraceEvent *ring,
                           const HetTraceEvent *message)
{
    return ring->kind == HET_RECORD_RING && ring->peer == message->peer &&
           ring->processor == message->processor && message->channel < 32 &&
           ((ring->a | ring->b) >> message->channel & 1);
}

static gboolean is_batch(const HetTraceEvent *a, const HetTraceEvent *b)
{
    return a && a->processor == b->processor && a->peer == b->peer &&
           a->not_before == b->not_before;
}

/*
 * The last message of those that were seen at once went with the last ring
 * before they were seen, and so on.  A ring that was not needed, as the channel
 * was pending, leaves several messages with one.
 */
static void time_message(const GPtrArray *rings, HetTraceEvent *message,
                         const HetTraceEvent *later)
{
    gint64 before = is_batch(later, message) ? later->ns : message->ns + 1;

    for (guint i = rings->len; i-- > 0; ) {
        const HetTraceEvent *ring = g_ptr_array_index(rings, i);

        if (ring->ns < message->not_before) {
            break;
        }
        if (ring->ns < before && is_ring_of(ring, message)) {
            message->ns = ring->ns;
            message->needs_ring = FALSE;
            return;
        }
    }
    if (is_batch(later, message)) {
        message->ns = later->ns;
    }
}

static void time_messages(HetTrace *trace)
{
    g_autoptr(GPtrArray) rings = g_ptr_array_new();
    g_autoptr(GPtrArray) messages = g_ptr_array_new();

    for (guint i = 0; i < trace->events->len; i++) {
        HetTraceEvent *event = g_ptr_array_index(trace->events, i);

        if (event->kind == HET_RECORD_RING) {
            g_ptr_array_add(rings, event);
        } else if (event->bytes && event->not_before) {
            g_ptr_array_add(messages, event);
        }
    }
    for (guint i = messages->len; i-- > 0; ) {
        HetTraceEvent *later = i + 1 < messages->len
                               ? g_ptr_array_index(messages, i + 1) : NULL;

        time_message(rings, g_ptr_array_index(messages, i), later);
    }
    for (guint i = 0; i < messages->len; i++) {
        ((HetTraceEvent *)g_ptr_array_index(messages, i))->not_before = 0;
    }
}

static void drop_without_ring(HetTrace *trace)
{
    for (guint i = trace->events->len; i-- > 0; ) {
        if (het_trace_event(trace, i)->needs_ring) {
            g_ptr_array_remove_index(trace->events, i);
        }
    }
}

/* One clock for all: what it says is in the order of the ticks. */
static void sort_events(HetTrace *trace)
{
    Clock clock = clock_of(trace);

    for (guint i = 0; i < trace->events->len; i++) {
        HetTraceEvent *event = g_ptr_array_index(trace->events, i);

        if (!event->is_seen) {
            event->ns = clock_ns(&clock, event->ticks);
        }
    }
    g_ptr_array_sort(trace->events, compare_events);
    time_messages(trace);
    drop_without_ring(trace);
    g_ptr_array_sort(trace->events, compare_events);
}

static void drop_before(HetTrace *trace, gint64 from)
{
    guint n = 0;

    while (n < trace->events->len && het_trace_event(trace, n)->ns < from) {
        n++;
    }
    if (n) {
        g_ptr_array_remove_range(trace->events, 0, n);
    }
}

void het_trace_finish(HetTrace *trace, gint64 from)
{
    sort_events(trace);
    set_virtual_times(trace);
    drop_before(trace, from);
    find_flows(trace);
}

HetTrace *het_trace_split(HetTrace *trace, gint64 until)
{
    HetTrace *part = het_trace_new(trace->soc);
    guint n = 0;

    for (guint i = 0; i < trace->processors->len; i++) {
        const HetTraceProcessor *p = processor_at(trace, i);

        het_trace_add_processor(part, p->name, p->recorder, p->problem);
        processor_at(part, i)->lost = p->lost;
    }
    part->epoch_ns = trace->epoch_ns;
    part->has_payloads = trace->has_payloads;
    part->lost_messages = trace->lost_messages;
    sort_events(trace);
    while (n < trace->events->len && het_trace_event(trace, n)->ns < until) {
        g_ptr_array_add(part->events, g_ptr_array_index(trace->events, n));
        g_ptr_array_index(trace->events, n) = NULL;
        n++;
    }
    if (n) {
        g_ptr_array_set_free_func(trace->events, NULL);
        g_ptr_array_remove_range(trace->events, 0, n);
        g_ptr_array_set_free_func(trace->events, event_free);
    }
    return part;
}
