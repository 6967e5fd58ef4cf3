/*
 * A trace as text: a line for each event
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "trace/trace.h"

#include "trace/exception.h"

#define X64 "0x%" G_GINT64_MODIFIER "x"
#define U64 "%" G_GUINT64_FORMAT

static const char *pick(const char *const *names, gsize count, guint64 n)
{
    return n < count ? names[n] : "unknown";
}

const char *het_trace_core_name(guint64 state)
{
    static const char *const names[] = {
        "waits for memory", "held", "running", "crashed",
    };

    return pick(names, G_N_ELEMENTS(names), state);
}

const char *het_trace_link_name(guint64 state)
{
    static const char *const names[] = {
        "connecting", "connected", "lost", "refused", "disconnected",
    };

    return pick(names, G_N_ELEMENTS(names), state);
}

/* ---- events in words ---- */

static char *mask_text(guint64 mask)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < 64; i++) {
        if (mask >> i & 1) {
            g_string_append_printf(text, "%s%u", text->len ? "," : "", i);
        }
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static const char *peer_name(const HetTrace *trace,
                             const HetTraceEvent *event)
{
    const HetTraceProcessor *peer;

    if (event->peer == HET_TRACE_NONE) {
        return event->name;
    }
    peer = g_ptr_array_index(trace->processors, event->peer);
    return peer->name;
}

static char *ring_text(const HetTrace *trace, const HetTraceEvent *event)
{
    g_autofree char *fresh = mask_text(event->a);
    g_autofree char *again = mask_text(event->b & ~event->a);

    if (!event->a) {
        return g_strdup_printf("rings %s at %s, channel %s again",
                               het_trace_device(event),
                               peer_name(trace, event), again);
    }
    return g_strdup_printf("rings %s at %s, channel %s%s%s",
                           het_trace_device(event), peer_name(trace, event),
                           fresh, *again ? ", again " : "", again);
}

static char *link_text(const HetTrace *trace, const HetTraceEvent *event)
{
    g_autofree char *channels = mask_text(event->a);
    const char *device = het_trace_device(event);
    const char *peer = peer_name(trace, event);

    switch (event->kind) {
    case HET_RECORD_TAKE:
        return g_strdup_printf("takes %s from %s, channel %s", device, peer,
                               channels);
    case HET_RECORD_BOOT:
        return g_strdup_printf("%s %s, through %s",
                               event->a ? "boots" : "puts into reset", peer,
                               device);
    default:
        return g_strdup_printf("link of %s to %s is %s", device, peer,
                               het_trace_link_name(event->a));
    }
}

static char *core_text(const HetTraceEvent *event)
{
    switch (event->kind) {
    case HET_RECORD_CORE:
        return g_strdup_printf("core is %s: %s, boot " U64,
                               het_trace_core_name(event->a), event->name,
                               event->b);
    case HET_RECORD_BOOT_LINE:
        return g_strdup_printf("boot line is %s: %s",
                               event->a ? "released" : "asserted",
                               event->name);
    case HET_RECORD_RUN:
        return g_strdup_printf("emulator %s: %s",
                               event->a ? "goes on" : "stops", event->name);
    default:
        return g_strdup_printf("emulator starts to record, pid " U64,
                               event->a);
    }
}

static char *device_text(const HetTraceEvent *event)
{
    g_autofree char *mask = mask_text(event->a);

    switch (event->kind) {
    case HET_RECORD_IRQ:
        return g_strdup_printf("%s raises its interrupt " U64, event->name,
                               event->a);
    case HET_RECORD_LOCK:
        return g_strdup_printf("takes semaphore " U64 " of %s: it is " X64,
                               event->a, event->name, event->b);
    default:
        return g_strdup_printf("frees semaphore %s of %s", mask,
                               event->name);
    }
}

static char *exception_text(const HetTraceEvent *event)
{
    g_autofree char *name = het_exception_name(event->a);

    return event->kind == HET_RECORD_EXCEPTION
           ? g_strdup_printf("takes %s at " X64, name, event->b)
           : g_strdup_printf("returns to %s at " X64, name, event->b);
}

static void add_payload(GString *text, const HetTraceEvent *event)
{
    gsize size;
    const guint8 *bytes = g_bytes_get_data(event->bytes, &size);

    g_string_append_c(text, ':');
    for (gsize i = HET_TRACE_MESSAGE_HEADER; i < size; i++) {
        g_string_append_printf(text, " %02x", bytes[i]);
    }
}

static char *message_text(const HetTrace *trace, const HetTraceEvent *event)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gsize size = g_bytes_get_size(event->bytes);

    g_string_append_printf(text, "sends to %s, " X64 " to " X64 ", %"
                           G_GSIZE_FORMAT " bytes", peer_name(trace, event),
                           event->a, event->b,
                           size - MIN(size, HET_TRACE_MESSAGE_HEADER));
    if (event->line) {
        g_string_append_printf(text, ", %s", event->line);
    }
    if (trace->has_payloads) {
        add_payload(text, event);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *het_trace_event_text(const HetTrace *trace, const HetTraceEvent *event)
{
    if (event->bytes) {
        return message_text(trace, event);
    }
    if (event->line) {
        return g_strdup_printf("%s: %s", event->name, event->line);
    }
    switch (event->kind) {
    case HET_RECORD_RING:
        return ring_text(trace, event);
    case HET_RECORD_TAKE:
    case HET_RECORD_BOOT:
    case HET_RECORD_LINK:
        return link_text(trace, event);
    case HET_RECORD_START:
    case HET_RECORD_CORE:
    case HET_RECORD_BOOT_LINE:
    case HET_RECORD_RUN:
        return core_text(event);
    case HET_RECORD_IRQ:
    case HET_RECORD_LOCK:
    case HET_RECORD_UNLOCK:
        return device_text(event);
    case HET_RECORD_EXCEPTION:
    case HET_RECORD_RETURN:
        return exception_text(event);
    case HET_RECORD_HALT:
        return g_strdup("waits for an interrupt");
    case HET_RECORD_WAKE:
        return g_strdup("wakes up");
    case HET_RECORD_NOTE:
        return g_strdup_printf("%s, pid " U64, event->name, event->a);
    case HET_RECORD_COMMAND:
        return g_strdup_printf("host commands %s", event->name);
    case HET_RECORD_RESET:
        return g_strdup("machine is reset");
    default:
        return g_strdup_printf("event %u: " X64 " " X64, event->kind,
                               event->a, event->b);
    }
}

/* ---- lines ---- */

/* Seconds, with all digits that there are */
static void add_time(GString *out, gint64 ns)
{
    guint64 size = ns < 0 ? 0 - (guint64)ns : (guint64)ns;

    g_string_append_printf(out, "%s" U64 ".%09u", ns < 0 ? "-" : "",
                           size / 1000000000, (guint)(size % 1000000000));
}

/* After a take: how long it took, and when the interrupt was there */
static void add_latency(GString *out, const HetTrace *trace, guint i,
                        GHashTable *by_take)
{
    const HetTraceEvent *event = het_trace_event(trace, i);
    const HetTraceFlow *flow = g_hash_table_lookup(by_take,
                                                   GUINT_TO_POINTER(i));
    const HetTraceEvent *ring;

    if (!flow) {
        return;
    }
    ring = het_trace_event(trace, flow->ring);
    g_string_append_printf(out, "  (%.3f us after the ring",
                           (event->ns - ring->ns) / 1e3);
    if (flow->irq != HET_TRACE_NONE) {
        g_string_append_printf(out, ", interrupt after %.3f us",
                               (het_trace_event(trace, flow->irq)->ns -
                                ring->ns) / 1e3);
    }
    g_string_append_c(out, ')');
}

static void add_line(GString *out, const HetTrace *trace, guint i,
                     GHashTable *by_take)
{
    const HetTraceEvent *event = het_trace_event(trace, i);
    const HetTraceProcessor *processor =
        g_ptr_array_index(trace->processors, event->processor);
    g_autofree char *text = het_trace_event_text(trace, event);
    g_autofree char *who = event->cpu == HET_RECORD_NO_CPU
        ? g_strdup(processor->name)
        : g_strdup_printf("%s/%u", processor->name, event->cpu);

    add_time(out, event->ns);
    g_string_append(out, "  ");
    add_time(out, event->virtual_ns);
    g_string_append_printf(out, "  %-8s %s", who, text);
    add_latency(out, trace, i, by_take);
    g_string_append_c(out, '\n');
}

GString *het_trace_format_text(const HetTrace *trace)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GHashTable) by_take = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < trace->flows->len; i++) {
        HetTraceFlow *flow = &g_array_index(trace->flows, HetTraceFlow, i);

        if (flow->take != HET_TRACE_NONE) {
            g_hash_table_insert(by_take, GUINT_TO_POINTER(flow->take), flow);
        }
    }
    for (guint i = 0; i < trace->events->len; i++) {
        add_line(out, trace, i, by_take);
    }
    return g_steal_pointer(&out);
}
