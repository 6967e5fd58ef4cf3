/*
 * A trace in the Trace Event Format, a JSON that ui.perfetto.dev opens
 *
 * Each processor is a process.  Its tracks are threads: what the core does,
 * what each CPU does, and one for each channel of each link, from the ring to
 * the take.  Arrows (flow events) go from the ring to the take.  Times are
 * microseconds from the first event on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "trace/trace.h"

#include <json-glib/json-glib.h>

#include "trace/exception.h"

#define TID_CORE 1
#define TID_CPU 10
#define TID_CHANNEL 1000
#define STACK_MAX 64
/* An event that takes no time still has to be seen, and hold an arrow. */
#define BRIEF_NS 100

/* A slice that has begun */
typedef struct {
    char *name;
    gint64 since;
    guint number;               /* of an exception, HET_TRACE_NONE: a halt */
} Open;

typedef struct {
    guint processor;
    guint cpu;
    GArray *open;               /* Open, the innermost last */
} Cpu;

typedef struct {
    const HetTrace *trace;
    GString *out;
    const char *separator;      /* before the next event */
    gint64 start;
    gint64 end;
    GHashTable *cpus;           /* "processor cpu" -> Cpu */
    GHashTable *tids;           /* name of a track -> its tid */
    guint next_tid;
} Writer;

static void open_clear(gpointer data)
{
    g_free(((Open *)data)->name);
}

static void cpu_free(gpointer data)
{
    Cpu *cpu = data;

    g_array_unref(cpu->open);
    g_free(cpu);
}

/* ---- JSON: written as it comes, a trace has millions of events ---- */

static void add_text(Writer *w, const char *text)
{
    g_autoptr(JsonNode) node = json_node_init_string(json_node_alloc(), text);
    g_autofree char *quoted = json_to_string(node, FALSE);

    g_string_append(w->out, quoted);
}

static void add_string(Writer *w, const char *name, const char *value)
{
    g_string_append_printf(w->out, ",\"%s\":", name);
    add_text(w, value);
}

static void add_uint(Writer *w, const char *name, guint value)
{
    g_string_append_printf(w->out, ",\"%s\":%u", name, value);
}

/* Microseconds, whatever the locale is */
static void add_us(Writer *w, const char *name, gint64 ns)
{
    guint64 size = ns < 0 ? 0 - (guint64)ns : (guint64)ns;

    g_string_append_printf(w->out, ",\"%s\":%s%" G_GUINT64_FORMAT ".%03u",
                           name, ns < 0 ? "-" : "", size / 1000,
                           (guint)(size % 1000));
}

static void begin(Writer *w, const char *phase, const char *name,
                  guint processor, guint tid)
{
    g_string_append_printf(w->out, "%s{\"ph\":\"%s\"", w->separator, phase);
    w->separator = ",\n";
    add_string(w, "name", name);
    add_uint(w, "pid", processor + 1);
    add_uint(w, "tid", tid);
}

static void end(Writer *w)
{
    g_string_append_c(w->out, '}');
}

static void begin_at(Writer *w, const char *phase, const char *name,
                     guint processor, guint tid, gint64 ns)
{
    begin(w, phase, name, processor, tid);
    add_string(w, "cat", "hetctl");
    add_us(w, "ts", ns - w->start);
}

static void add_name(Writer *w, const char *what, guint processor, guint tid,
                     const char *name)
{
    begin(w, "M", what, processor, tid);
    g_string_append(w->out, ",\"args\":{\"name\":");
    add_text(w, name);
    g_string_append_c(w->out, '}');
    end(w);
}

static void add_slice(Writer *w, const char *name, guint processor, guint tid,
                      gint64 from, gint64 to)
{
    begin_at(w, "X", name, processor, tid, from);
    add_us(w, "dur", MAX(to - from, 0));
    end(w);
}

static void add_instant(Writer *w, const HetTraceEvent *event,
                        const char *name, guint tid)
{
    begin_at(w, "i", name, event->processor, tid, event->ns);
    add_string(w, "s", "t");
    g_string_append(w->out, ",\"args\":{\"clock\":\"us\"");
    add_us(w, "virtual", event->virtual_ns);
    g_string_append_c(w->out, '}');
    end(w);
}

static void add_arrow_end(Writer *w, const char *phase, guint id,
                          const char *name, guint processor, guint tid,
                          gint64 ns)
{
    begin_at(w, phase, name, processor, tid, ns);
    add_uint(w, "id", id);
    if (*phase == 'f') {
        add_string(w, "bp", "e");
    }
    end(w);
}

/* ---- tracks ---- */

static guint get_track(Writer *w, guint processor, const char *name)
{
    g_autofree char *key = g_strdup_printf("%u %s", processor, name);
    gpointer tid = g_hash_table_lookup(w->tids, key);

    if (!tid) {
        tid = GUINT_TO_POINTER(w->next_tid++);
        g_hash_table_insert(w->tids, g_steal_pointer(&key), tid);
        add_name(w, "thread_name", processor, GPOINTER_TO_UINT(tid), name);
    }
    return GPOINTER_TO_UINT(tid);
}

static guint cpu_tid(guint cpu)
{
    return TID_CPU + cpu;
}

static Cpu *get_cpu(Writer *w, const HetTraceEvent *event)
{
    g_autofree char *key = g_strdup_printf("%u %u", event->processor,
                                           event->cpu);
    Cpu *cpu = g_hash_table_lookup(w->cpus, key);

    if (!cpu) {
        g_autofree char *name = g_strdup_printf("cpu %u", event->cpu);

        cpu = g_new0(Cpu, 1);
        cpu->processor = event->processor;
        cpu->cpu = event->cpu;
        cpu->open = g_array_new(FALSE, FALSE, sizeof(Open));
        g_array_set_clear_func(cpu->open, open_clear);
        g_hash_table_insert(w->cpus, g_steal_pointer(&key), cpu);
        add_name(w, "thread_name", event->processor, cpu_tid(event->cpu),
                 name);
    }
    return cpu;
}

static void push(Cpu *cpu, const char *name, guint number, gint64 ns)
{
    Open open = { g_strdup(name), ns, number };

    if (cpu->open->len < STACK_MAX) {
        g_array_append_val(cpu->open, open);
    } else {
        g_free(open.name);
    }
}

static void pop(Writer *w, Cpu *cpu, gint64 ns)
{
    const Open *open = &g_array_index(cpu->open, Open, cpu->open->len - 1);

    add_slice(w, open->name, cpu->processor, cpu_tid(cpu->cpu), open->since,
              ns);
    g_array_set_size(cpu->open, cpu->open->len - 1);
}

static const Open *top(const Cpu *cpu)
{
    return cpu->open->len
           ? &g_array_index(cpu->open, Open, cpu->open->len - 1) : NULL;
}

static void end_halt(Writer *w, Cpu *cpu, gint64 ns)
{
    if (top(cpu) && top(cpu)->number == HET_TRACE_NONE) {
        pop(w, cpu, ns);
    }
}

static void take_exception(Writer *w, Cpu *cpu, const HetTraceEvent *event)
{
    g_autofree char *name = het_exception_name(event->a);
    guint number;

    end_halt(w, cpu, event->ns);
    if (!het_exception_is_nested(event->a, &number)) {
        add_instant(w, event, name, cpu_tid(event->cpu));
        return;
    }
    if (het_exception_is_chained(event->a) && top(cpu)) {
        pop(w, cpu, event->ns);
    }
    push(cpu, name, number, event->ns);
}

static void return_from_exception(Writer *w, Cpu *cpu,
                                  const HetTraceEvent *event)
{
    guint number;

    het_exception_is_nested(event->a, &number);
    end_halt(w, cpu, event->ns);
    do {
        if (!top(cpu)) {
            return;
        }
        pop(w, cpu, event->ns);
    } while (top(cpu) && top(cpu)->number != number);
}

static void add_cpu_event(Writer *w, const HetTraceEvent *event)
{
    Cpu *cpu = get_cpu(w, event);

    switch (event->kind) {
    case HET_RECORD_HALT:
        end_halt(w, cpu, event->ns);
        push(cpu, "halted", HET_TRACE_NONE, event->ns);
        break;
    case HET_RECORD_WAKE:
        end_halt(w, cpu, event->ns);
        break;
    case HET_RECORD_EXCEPTION:
        take_exception(w, cpu, event);
        break;
    default:
        return_from_exception(w, cpu, event);
        break;
    }
}

static void end_cpus(Writer *w)
{
    GHashTableIter iter;
    gpointer cpu;

    g_hash_table_iter_init(&iter, w->cpus);
    while (g_hash_table_iter_next(&iter, NULL, &cpu)) {
        while (top(cpu)) {
            pop(w, cpu, w->end);
        }
    }
}

/* ---- core states ---- */

static gboolean is_state(const HetTraceEvent *event, guint processor)
{
    return event->processor == processor &&
           (event->kind == HET_RECORD_CORE || event->kind == HET_RECORD_RUN);
}

static const char *state_name(const HetTraceEvent *event)
{
    return event->kind == HET_RECORD_CORE ? het_trace_core_name(event->a)
                                          : event->name;
}

/* Of a slave what its core does; of a master, which has none, its run state */
static void add_states(Writer *w, guint processor)
{
    const HetTraceEvent *last = NULL;
    gboolean has_core = FALSE;

    for (guint i = 0; i < w->trace->events->len; i++) {
        const HetTraceEvent *event = het_trace_event(w->trace, i);

        if (!is_state(event, processor) ||
            (has_core && event->kind == HET_RECORD_RUN && event->a)) {
            continue;
        }
        has_core |= event->kind == HET_RECORD_CORE;
        if (last) {
            add_slice(w, state_name(last), processor, TID_CORE, last->ns,
                      event->ns);
        }
        last = event;
    }
    if (last) {
        add_slice(w, state_name(last), processor, TID_CORE, last->ns, w->end);
    }
}

/* ---- rings and takes ---- */

static const char *processor_name(const Writer *w, guint i)
{
    const HetTraceProcessor *processor =
        g_ptr_array_index(w->trace->processors, i);

    return processor->name;
}

static void add_flow(Writer *w, const HetTraceFlow *flow, guint id)
{
    const HetTraceEvent *ring = het_trace_event(w->trace, flow->ring);
    g_autofree char *out = g_strdup_printf("%s channel %u to %s",
                                           het_trace_device(ring),
                                           flow->channel,
                                           processor_name(w, ring->peer));
    g_autofree char *in = g_strdup_printf("%s channel %u from %s",
                                          het_trace_device(ring),
                                          flow->channel,
                                          processor_name(w,
                                                         ring->processor));
    guint out_tid = get_track(w, ring->processor, out);
    const HetTraceEvent *take;
    gint64 since;
    guint in_tid;

    add_slice(w, "ring", ring->processor, out_tid, ring->ns,
              ring->ns + BRIEF_NS);
    if (flow->take == HET_TRACE_NONE) {
        return;
    }
    take = het_trace_event(w->trace, flow->take);
    in_tid = get_track(w, take->processor, in);
    since = flow->irq == HET_TRACE_NONE
            ? take->ns : het_trace_event(w->trace, flow->irq)->ns;
    add_slice(w, "interrupt, until taken", take->processor, in_tid, since,
              MAX(take->ns, since) + BRIEF_NS);
    add_arrow_end(w, "s", id, "ring", ring->processor, out_tid, ring->ns);
    add_arrow_end(w, "f", id, "ring", take->processor, in_tid, since);
}

/* ---- all ---- */

static void add_message(Writer *w, const HetTraceEvent *event)
{
    g_autofree char *text = het_trace_event_text(w->trace, event);
    g_autofree char *track = g_strdup_printf("rpmsg to %s",
                                             processor_name(w, event->peer));

    add_instant(w, event, text, get_track(w, event->processor, track));
}

static void add_event(Writer *w, const HetTraceEvent *event)
{
    g_autofree char *text = NULL;

    if (event->bytes) {
        add_message(w, event);
        return;
    }
    if (event->line) {
        add_instant(w, event, event->line,
                    get_track(w, event->processor, event->name));
        return;
    }
    switch (event->kind) {
    case HET_RECORD_EXCEPTION:
    case HET_RECORD_RETURN:
    case HET_RECORD_HALT:
    case HET_RECORD_WAKE:
        add_cpu_event(w, event);
        break;
    case HET_RECORD_RING:
    case HET_RECORD_TAKE:
    case HET_RECORD_IRQ:
        break;
    default:
        text = het_trace_event_text(w->trace, event);
        add_instant(w, event, text, TID_CORE);
        break;
    }
}

static void add_all(Writer *w)
{
    for (guint i = 0; i < w->trace->processors->len; i++) {
        add_name(w, "process_name", i, 0, processor_name(w, i));
        add_name(w, "thread_name", i, TID_CORE, "core");
        add_states(w, i);
    }
    for (guint i = 0; i < w->trace->events->len; i++) {
        add_event(w, het_trace_event(w->trace, i));
    }
    end_cpus(w);
    for (guint i = 0; i < w->trace->flows->len; i++) {
        add_flow(w, &g_array_index(w->trace->flows, HetTraceFlow, i), i + 1);
    }
}

static void add_other_data(Writer *w)
{
    g_string_append(w->out, "\"otherData\":{\"soc\":");
    add_text(w, w->trace->soc);
    g_string_append_printf(w->out, ",\"start_monotonic_ns\":\"%"
                           G_GINT64_FORMAT "\",\"lost_events\":\"%"
                           G_GUINT64_FORMAT "\"},\n", w->start,
                           het_trace_lost(w->trace));
}

GString *het_trace_format_perfetto(const HetTrace *trace)
{
    g_autoptr(GHashTable) cpus = g_hash_table_new_full(g_str_hash,
                                                       g_str_equal, g_free,
                                                       cpu_free);
    g_autoptr(GHashTable) tids = g_hash_table_new_full(g_str_hash,
                                                       g_str_equal, g_free,
                                                       NULL);
    Writer w = {
        .trace = trace, .out = g_string_new(NULL), .separator = "\n",
        .cpus = cpus, .tids = tids, .next_tid = TID_CHANNEL,
    };

    if (trace->events->len) {
        w.start = het_trace_event(trace, 0)->ns;
        w.end = het_trace_event(trace, trace->events->len - 1)->ns;
    }
    g_string_append(w.out, "{\"displayTimeUnit\":\"ns\",\n");
    add_other_data(&w);
    g_string_append(w.out, "\"traceEvents\":[");
    add_all(&w);
    g_string_append(w.out, "\n]}\n");
    return w.out;
}
