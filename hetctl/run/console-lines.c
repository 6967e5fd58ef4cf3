/*
 * What the consoles of a SoC say, as events of a trace
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/console-lines.h"

#include "domain/console.h"
#include "util/log-tail.h"
#include "util/text.h"

/* A line that does not end is cut. */
#define LINE_MAX_BYTES 1024

typedef struct {
    guint processor;
    char *name;
    HetLogTail *tail;
    GString *line;              /* that has not ended yet */
} Source;

struct HetConsoleLines {
    GPtrArray *sources;
};

typedef struct {
    HetTrace *trace;
    Source *source;
} Reader;

static void source_free(gpointer data)
{
    Source *source = data;

    g_free(source->name);
    g_clear_pointer(&source->tail, het_log_tail_free);
    g_string_free(source->line, TRUE);
    g_free(source);
}

static void add_source(HetConsoleLines *lines, guint processor,
                       const HetConsolePort *port, GError **error)
{
    HetLogTail *tail = port->log ? het_log_tail_new(port->log, TRUE, error)
                                 : NULL;
    Source *source;

    if (!tail) {
        return;
    }
    source = g_new0(Source, 1);
    source->processor = processor;
    source->name = het_console_name(port);
    source->line = g_string_new(NULL);
    source->tail = tail;
    g_ptr_array_add(lines->sources, source);
}

static void add_part(HetConsoleLines *lines, const HetDefined *defined,
                     guint processor, GPtrArray *problems)
{
    const HetPart *part = g_ptr_array_index(defined->parts, processor);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) ports =
        part->domain ? het_console_list(defined, part, &error) : NULL;

    for (guint i = 0; ports && i < ports->len && !error; i++) {
        add_source(lines, processor, g_ptr_array_index(ports, i), &error);
    }
    if (error) {
        g_ptr_array_add(problems, g_strdup_printf("consoles of '%s': %s",
                                                  part->name,
                                                  error->message));
    }
}

HetConsoleLines *het_console_lines_new(const HetRecordings *recordings,
                                       GPtrArray *problems)
{
    const HetDefined *defined = het_recordings_get_defined(recordings);
    HetConsoleLines *lines = g_new0(HetConsoleLines, 1);

    lines->sources = g_ptr_array_new_with_free_func(source_free);
    for (guint i = 0; i < defined->parts->len; i++) {
        add_part(lines, defined, i, problems);
    }
    return lines;
}

void het_console_lines_free(HetConsoleLines *lines)
{
    if (lines) {
        g_ptr_array_unref(lines->sources);
        g_free(lines);
    }
}

static void end_line(const Reader *r)
{
    GString *line = r->source->line;
    g_autofree char *text = NULL;

    while (line->len && line->str[line->len - 1] == '\r') {
        g_string_truncate(line, line->len - 1);
    }
    text = het_text_printable(line->str);
    if (*text) {
        het_trace_add_line(r->trace, r->source->processor, r->source->name,
                           text, g_get_monotonic_time() * 1000);
    }
    g_string_truncate(line, 0);
}

static void take(gpointer opaque, const char *bytes, gsize size,
                 gint64 modified)
{
    const Reader *r = opaque;

    for (gsize i = 0; i < size; i++) {
        if (bytes[i] == '\n') {
            end_line(r);
        } else if (bytes[i] && r->source->line->len < LINE_MAX_BYTES) {
            g_string_append_c(r->source->line, bytes[i]);
        }
    }
}

gboolean het_console_lines_poll(HetConsoleLines *lines, HetTrace *trace,
                                GError **error)
{
    for (guint i = 0; i < lines->sources->len; i++) {
        Reader r = { trace, g_ptr_array_index(lines->sources, i) };

        if (!het_log_tail_read(r.source->tail, take, &r, error)) {
            return FALSE;
        }
    }
    return TRUE;
}
