/*
 * hetctl trace: what the processors of a SoC did, on one time line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run/console-lines.h"
#include "run/messages.h"
#include "run/recordings.h"
#include "util/error.h"
#include "util/interrupt.h"
#include "util/out-file.h"
#include "util/write-all.h"

/* Often enough for 4,096 records; a second of them is many. */
#define POLL_US 20000
#define EVENTS_MAX 4000000

typedef GString *FormatFunc(const HetTrace *trace);

typedef struct {
    HetCli *cli;
    HetRecordings *recordings;
    HetTrace *trace;
    HetMessages *messages;
    HetConsoleLines *lines;
    FormatFunc *format;
    gint64 from;                /* nanoseconds; all before is not wanted */
    gint64 until;               /* 0: no end */
    guint64 lost;               /* that the user was told of */
    guint64 lost_messages;
} Tracing;

static void tracing_clear(Tracing *t)
{
    g_clear_pointer(&t->trace, het_trace_free);
    g_clear_pointer(&t->messages, het_messages_free);
    g_clear_pointer(&t->lines, het_console_lines_free);
    g_clear_pointer(&t->recordings, het_recordings_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tracing, tracing_clear)

static const struct {
    const char *name;
    FormatFunc *format;
} formats[] = {
    { "text", het_trace_format_text },
    { "perfetto", het_trace_format_perfetto },
    { "vcd", het_trace_format_vcd },
    { "pcapng", het_trace_format_pcapng },
};

static FormatFunc *find_format(HetCli *cli)
{
    const char *name = het_cli_string(cli, "format") ?: formats[0].name;

    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (!strcmp(formats[i].name, name)) {
            return formats[i].format;
        }
    }
    return formats[0].format;
}

/* ---- what is said besides ---- */

static void say_problems(const Tracing *t, const GPtrArray *more)
{
    for (guint i = 0; i < more->len && !het_cli_quiet(t->cli); i++) {
        fprintf(stderr, "note: %s\n", (char *)g_ptr_array_index(more, i));
    }
    for (guint i = 0; i < t->trace->processors->len; i++) {
        const HetTraceProcessor *p =
            g_ptr_array_index(t->trace->processors, i);

        if (p->problem && !het_cli_quiet(t->cli)) {
            fprintf(stderr, "note: processor '%s': %s\n", p->name,
                    p->problem);
        }
    }
}

static void say_lost(Tracing *t)
{
    guint64 lost = het_trace_lost(t->trace);
    guint64 lost_messages = t->trace->lost_messages;

    if (lost > t->lost && !het_cli_quiet(t->cli)) {
        fprintf(stderr, "note: %" G_GUINT64_FORMAT " events were lost: the "
                "processors were faster than hetctl\n", lost - t->lost);
    }
    if (lost_messages > t->lost_messages && !het_cli_quiet(t->cli)) {
        fprintf(stderr, "note: %" G_GUINT64_FORMAT " messages were lost: "
                "their buffers were used again before hetctl looked\n",
                lost_messages - t->lost_messages);
    }
    t->lost = lost;
    t->lost_messages = lost_messages;
}

/* ---- the three ways ---- */

static gint64 now_ns(void)
{
    return g_get_monotonic_time() * 1000;
}

static gboolean write_all(Tracing *t, GError **error)
{
    const char *path = het_cli_string(t->cli, "output") ?: "-";
    g_autoptr(GString) text = NULL;

    het_trace_finish(t->trace, t->from);
    text = t->format(t->trace);
    say_lost(t);
    return het_out_file_write(path, text->str, text->len, error);
}

static gboolean poll(Tracing *t, GError **error)
{
    if (!het_trace_read(t->trace, error)) {
        return FALSE;
    }
    het_messages_poll(t->messages, t->trace);
    if (!het_console_lines_poll(t->lines, t->trace, error)) {
        return FALSE;
    }
    /* The rings that went with them, which may be younger than the records */
    return het_trace_read(t->trace, error);
}

/* What the formats make of it has to be in memory as well. */
static gboolean is_full(const Tracing *t)
{
    if (t->trace->events->len < EVENTS_MAX) {
        return FALSE;
    }
    fprintf(stderr, "note: the trace is full: it ends after %u events\n",
            t->trace->events->len);
    return TRUE;
}

/* Collects until the time is over, or a signal ends it. */
static gboolean collect(gpointer opaque, GError **error)
{
    Tracing *t = opaque;

    while (now_ns() < t->until && !is_full(t) && !het_interrupted(NULL)) {
        g_usleep(POLL_US);
        if (!poll(t, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/*
 * What one processor did before the poll may come to light while another one is
 * read: what is newer than the poll waits for the next, if there is one.
 */
static gboolean print_new(Tracing *t, gboolean is_last, GError **error)
{
    g_autoptr(HetTrace) part = NULL;
    g_autoptr(GString) text = NULL;
    gint64 until = is_last ? G_MAXINT64 : now_ns();

    if (!poll(t, error)) {
        return FALSE;
    }
    part = het_trace_split(t->trace, until);
    het_trace_finish(part, t->from);
    text = het_trace_format_text(part);
    say_lost(t);
    /* Not stdio, for which a signal in the middle is an error. */
    return het_write_all(STDOUT_FILENO, text->str, text->len, error);
}

/* A signal ends it after what came before the signal. */
static gboolean follow(gpointer opaque, GError **error)
{
    Tracing *t = opaque;
    gboolean is_over;

    do {
        is_over = het_interrupted(NULL) || (t->until && now_ns() >= t->until);
        if (!print_new(t, is_over, error)) {
            return FALSE;
        }
        g_usleep(is_over ? 0 : POLL_US);
    } while (!is_over);
    return TRUE;
}

static gboolean trace(Tracing *t, GError **error)
{
    guint seconds = het_cli_number(t->cli, "duration", 0);

    if (!poll(t, error)) {
        return FALSE;
    }
    if (!het_cli_flag(t->cli, "last")) {
        t->from = now_ns();
    }
    if (seconds) {
        t->until = now_ns() + seconds * G_GINT64_CONSTANT(1000000000);
    }
    if (het_cli_flag(t->cli, "follow")) {
        return het_interrupt_ends(follow, t, error);
    }
    return (!seconds || het_interrupt_ends(collect, t, error)) &&
           write_all(t, error);
}

/* ---- options ---- */

static gboolean check_options(HetCli *cli, GError **error)
{
    gboolean follows = het_cli_flag(cli, "follow");
    const char *problem = NULL;

    if (!follows && !het_cli_flag(cli, "last") &&
        !het_cli_number(cli, "duration", 0)) {
        problem = "'trace' wants '--last' for what was recorded, or "
                  "'--duration' or '--follow' for what comes";
    } else if (follows && het_cli_string(cli, "output")) {
        problem = "'--follow' prints; it takes no '--output'";
    } else if (follows && find_format(cli) != het_trace_format_text) {
        problem = "'--follow' prints text; '--duration' makes other formats";
    }
    if (problem) {
        g_set_error_literal(error, HET_ERROR, HET_ERROR_USAGE, problem);
    }
    return !problem;
}

static gboolean run(HetCli *cli, GError **error)
{
    g_auto(Tracing) t = { .cli = cli, .format = find_format(cli) };
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    virConnectPtr conn;

    if (!check_options(cli, error)) {
        return FALSE;
    }
    conn = het_cli_connect(cli, error);
    t.recordings = conn ? het_recordings_open(conn, het_cli_arg(cli, 0),
                                              error) : NULL;
    if (!t.recordings) {
        return FALSE;
    }
    t.trace = het_recordings_trace(t.recordings);
    t.trace->has_payloads = het_cli_flag(cli, "payload");
    t.messages = het_messages_new(conn, t.recordings,
                                  het_cli_flag(cli, "last"), problems);
    t.lines = het_console_lines_new(t.recordings, problems);
    say_problems(&t, problems);
    return trace(&t, error);
}

static const HetCliOption options[] = {
    { "last", 0, HET_OPTION_FLAG, NULL,
      "what was recorded so far, also of a processor that has ended" },
    { "duration", 0, HET_OPTION_NUMBER, "SECONDS",
      "what happens from now on, for so long" },
    { "follow", 0, HET_OPTION_FLAG, NULL,
      "a line for each event, as it happens, until Ctrl+C" },
    { "payload", 0, HET_OPTION_FLAG, NULL,
      "text shows what is in rpmsg messages" },
    { "format", 'f', HET_OPTION_STRING, "text|perfetto|vcd|pcapng",
      "text (default), JSON for ui.perfetto.dev, a value change dump, "
      "rpmsg for Wireshark" },
    { "output", 'o', HET_OPTION_OUTPUT, "FILE",
      "where the trace is written (default: standard output)" },
    { 0 }
};

const HetCommand het_cmd_trace = {
    .name = "trace",
    .args = "SOC",
    .min_args = 1,
    .max_args = 1,
    .summary = "Show what the processors did, on one time line",
    .options = options,
    .run = run,
};
