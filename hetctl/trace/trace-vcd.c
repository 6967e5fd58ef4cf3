/*
 * A trace as value change dump, IEEE 1364, for GTKWave and its like
 *
 * A scope for each processor: "core" and "run" as text (GTKWave's string
 * variables), a bit for what each CPU does, and for each channel of each link
 * a bit that is set from the ring to the take.  A message is an event of the
 * direction in which it goes, with its addresses as text; a console has its
 * last line as text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "trace/trace.h"

#include "trace/exception.h"

typedef struct {
    guint processor;
    char *name;
    const char *type;           /* "wire 1", "string 1", "reg 32" */
    char *id;
} Variable;

/* At @ns a variable gets a value, "1", "b101 " or "sheld " */
typedef struct {
    gint64 ns;
    guint order;
    const Variable *variable;
    char *value;
} Change;

typedef struct {
    const HetTrace *trace;
    GHashTable *by_name;        /* "processor name" -> Variable */
    GPtrArray *variables;
    GArray *changes;            /* Change */
} Writer;

static void variable_free(gpointer data)
{
    Variable *v = data;

    g_free(v->name);
    g_free(v->id);
    g_free(v);
}

static void change_clear(gpointer data)
{
    g_free(((Change *)data)->value);
}

/* Printable characters, as many as it takes */
static char *id_of(guint n)
{
    g_autoptr(GString) id = g_string_new(NULL);

    do {
        g_string_append_c(id, '!' + n % 94);
        n /= 94;
    } while (n);
    return g_string_free(g_steal_pointer(&id), FALSE);
}

static Variable *get_variable(Writer *w, guint processor, const char *type,
                              const char *name)
{
    g_autofree char *key = g_strdup_printf("%u %s", processor, name);
    Variable *v = g_hash_table_lookup(w->by_name, key);

    if (!v) {
        v = g_new0(Variable, 1);
        v->processor = processor;
        v->type = type;
        v->name = g_strdup(name);
        g_strcanon(v->name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '_');
        v->id = id_of(w->variables->len);
        g_ptr_array_add(w->variables, v);
        g_hash_table_insert(w->by_name, g_steal_pointer(&key), v);
    }
    return v;
}

static void change(Writer *w, const Variable *v, gint64 ns, char *value)
{
    Change c = { ns, w->changes->len, v, value };

    g_array_append_val(w->changes, c);
}

static void change_text(Writer *w, const Variable *v, gint64 ns,
                        const char *text)
{
    g_autofree char *word = g_strdup(*text ? text : "-");

    g_strdelimit(word, " \t", '_');
    change(w, v, ns, g_strdup_printf("s%s ", word));
}

static void change_number(Writer *w, const Variable *v, gint64 ns,
                          guint32 number)
{
    g_autoptr(GString) text = g_string_new("b");

    for (guint bit = 32; bit-- > 0; ) {
        g_string_append_c(text, number >> bit & 1 ? '1' : '0');
    }
    g_string_append_c(text, ' ');
    change(w, v, ns, g_string_free(g_steal_pointer(&text), FALSE));
}

static void add_cpu_event(Writer *w, const HetTraceEvent *event)
{
    g_autofree char *halted = g_strdup_printf("cpu%u_halted", event->cpu);
    g_autofree char *exception = g_strdup_printf("cpu%u_exception",
                                                 event->cpu);
    guint number;

    switch (event->kind) {
    case HET_RECORD_HALT:
    case HET_RECORD_WAKE:
        change(w, get_variable(w, event->processor, "wire 1", halted),
               event->ns, g_strdup(event->kind == HET_RECORD_HALT ? "1"
                                                                  : "0"));
        break;
    default:
        het_exception_is_nested(event->a, &number);
        change_number(w, get_variable(w, event->processor, "reg 32",
                                      exception), event->ns, number);
        break;
    }
}

static void add_message(Writer *w, const HetTraceEvent *event)
{
    const HetTraceProcessor *peer =
        g_ptr_array_index(w->trace->processors, event->peer);
    g_autofree char *name = g_strdup_printf("rpmsg_to_%s", peer->name);
    g_autofree char *what = g_strconcat(name, "_what", NULL);
    gsize size = g_bytes_get_size(event->bytes);
    g_autofree char *text =
        g_strdup_printf("0x%" G_GINT64_MODIFIER "x->0x%" G_GINT64_MODIFIER
                        "x,%" G_GSIZE_FORMAT "%s%s", event->a, event->b,
                        size - MIN(size, HET_TRACE_MESSAGE_HEADER),
                        event->line ? "," : "", event->line ?: "");

    change(w, get_variable(w, event->processor, "event 1", name), event->ns,
           g_strdup("1"));
    change_text(w, get_variable(w, event->processor, "string 1", what),
                event->ns, text);
}

static void add_line(Writer *w, const HetTraceEvent *event)
{
    g_autofree char *name = g_strconcat("console_", event->name, NULL);

    change_text(w, get_variable(w, event->processor, "string 1", name),
                event->ns, event->line);
}

static void add_event(Writer *w, const HetTraceEvent *event)
{
    /* A record can have any kind. */
    if (event->is_seen) {
        if (event->bytes) {
            add_message(w, event);
        } else if (event->line) {
            add_line(w, event);
        }
        return;
    }
    switch (event->kind) {
    case HET_RECORD_CORE:
        change_text(w, get_variable(w, event->processor, "string 1", "core"),
                    event->ns, het_trace_core_name(event->a));
        break;
    case HET_RECORD_RUN:
        change_text(w, get_variable(w, event->processor, "string 1", "run"),
                    event->ns, event->name);
        break;
    case HET_RECORD_HALT:
    case HET_RECORD_WAKE:
    case HET_RECORD_EXCEPTION:
    case HET_RECORD_RETURN:
        add_cpu_event(w, event);
        break;
    default:
        break;
    }
}

static void add_flow(Writer *w, const HetTraceFlow *flow)
{
    const HetTraceEvent *ring = het_trace_event(w->trace, flow->ring);
    const HetTraceProcessor *peer =
        g_ptr_array_index(w->trace->processors, ring->peer);
    g_autofree char *name = g_strdup_printf("%s_%u_to_%s",
                                            het_trace_device(ring),
                                            flow->channel, peer->name);
    Variable *v = get_variable(w, ring->processor, "wire 1", name);

    change(w, v, ring->ns, g_strdup("1"));
    if (flow->take != HET_TRACE_NONE) {
        gint64 taken = het_trace_event(w->trace, flow->take)->ns;

        change(w, v, MAX(taken, ring->ns), g_strdup("0"));
    }
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const Change *x = a, *y = b;

    if (x->ns != y->ns) {
        return x->ns < y->ns ? -1 : 1;
    }
    return x->order < y->order ? -1 : x->order > y->order;
}

static void write_variables(const Writer *w, GString *out)
{
    g_string_append_printf(out, "$comment hetctl trace of %s $end\n"
                           "$timescale 1ns $end\n", w->trace->soc);
    for (guint i = 0; i < w->trace->processors->len; i++) {
        const HetTraceProcessor *p =
            g_ptr_array_index(w->trace->processors, i);

        g_string_append_printf(out, "$scope module %s $end\n", p->name);
        for (guint j = 0; j < w->variables->len; j++) {
            const Variable *v = g_ptr_array_index(w->variables, j);

            if (v->processor == i) {
                g_string_append_printf(out, "$var %s %s %s $end\n", v->type,
                                       v->id, v->name);
            }
        }
        g_string_append(out, "$upscope $end\n");
    }
    g_string_append(out, "$enddefinitions $end\n");
}

static void write_changes(const Writer *w, GString *out)
{
    gint64 start = w->changes->len
                   ? g_array_index(w->changes, Change, 0).ns : 0;
    gint64 now = -1;

    for (guint i = 0; i < w->changes->len; i++) {
        const Change *c = &g_array_index(w->changes, Change, i);

        if (c->ns - start != now) {
            now = c->ns - start;
            g_string_append_printf(out, "#%" G_GINT64_FORMAT "\n", now);
        }
        g_string_append_printf(out, "%s%s\n", c->value, c->variable->id);
    }
}

GString *het_trace_format_vcd(const HetTrace *trace)
{
    g_autoptr(GHashTable) by_name = g_hash_table_new_full(g_str_hash,
                                                          g_str_equal,
                                                          g_free, NULL);
    g_autoptr(GPtrArray) variables =
        g_ptr_array_new_with_free_func(variable_free);
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(Change));
    g_autoptr(GString) out = g_string_new(NULL);
    Writer w = { trace, by_name, variables, changes };

    g_array_set_clear_func(changes, change_clear);
    for (guint i = 0; i < trace->events->len; i++) {
        add_event(&w, het_trace_event(trace, i));
    }
    for (guint i = 0; i < trace->flows->len; i++) {
        add_flow(&w, &g_array_index(trace->flows, HetTraceFlow, i));
    }
    g_array_sort(changes, compare);
    write_variables(&w, out);
    write_changes(&w, out);
    return g_steal_pointer(&out);
}
