/*
 * hetctl trace: what the processors of a SoC did, on one time line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "run/recordings.h"
#include "util/error.h"
#include "util/interrupt.h"
#include "util/out-file.h"

/* Often enough for 4,096 records; a second of them is many. */
#define POLL_US 20000

typedef char *FormatFunc(const HetTrace *trace);

typedef struct {
    HetCli *cli;
    HetRecordings *recordings;
    HetTrace *trace;
    FormatFunc *format;
    gint64 from;                /* nanoseconds; all before is not wanted */
    gint64 until;               /* 0: no end */
    guint64 lost;               /* that the user was told of */
} Tracing;

static void tracing_clear(Tracing *t)
{
    g_clear_pointer(&t->trace, het_trace_free);
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

static void say_problems(const Tracing *t)
{
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

    if (lost > t->lost && !het_cli_quiet(t->cli)) {
        fprintf(stderr, "note: %" G_GUINT64_FORMAT " events were lost: the "
                "processors were faster than hetctl\n", lost - t->lost);
    }
    t->lost = lost;
}

/* ---- the three ways ---- */

static gint64 now_ns(void)
{
    return g_get_monotonic_time() * 1000;
}

static gboolean write_all(Tracing *t, GError **error)
{
    const char *path = het_cli_string(t->cli, "output") ?: "-";
    g_autofree char *text = NULL;

    het_trace_finish(t->trace, t->from);
    text = t->format(t->trace);
    say_lost(t);
    return het_out_file_write(path, text, strlen(text), error);
}

/* Collects until the time is over, or a signal ends it. */
static gboolean collect(gpointer opaque, GError **error)
{
    Tracing *t = opaque;

    while (now_ns() < t->until) {
        g_usleep(POLL_US);
        if (het_interrupted(error) || !het_trace_read(t->trace, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/*
 * A line at a time.  What one processor did before the poll may come to light
 * while another one is read: what is newer than the poll waits for the next.
 */
static gboolean follow(gpointer opaque, GError **error)
{
    Tracing *t = opaque;

    while (!t->until || now_ns() < t->until) {
        g_autoptr(HetTrace) part = NULL;
        g_autofree char *text = NULL;
        gint64 poll = now_ns();

        if (!het_trace_read(t->trace, error)) {
            return FALSE;
        }
        part = het_trace_split(t->trace, poll);
        het_trace_finish(part, t->from);
        text = het_trace_format_text(part);
        fputs(text, stdout);
        if (fflush(stdout) == EOF) {
            return TRUE;        /* nobody reads it any more */
        }
        say_lost(t);
        if (het_interrupted(error)) {
            return FALSE;
        }
        g_usleep(POLL_US);
    }
    return TRUE;
}

static gboolean trace(Tracing *t, GError **error)
{
    guint seconds = het_cli_number(t->cli, "duration", 0);

    if (!het_trace_read(t->trace, error)) {
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
    say_problems(&t);
    return trace(&t, error);
}

static const HetCliOption options[] = {
    { "last", 0, HET_OPTION_FLAG, NULL,
      "what was recorded so far, also of a processor that has ended" },
    { "duration", 0, HET_OPTION_NUMBER, "SECONDS",
      "what happens from now on, for so long" },
    { "follow", 0, HET_OPTION_FLAG, NULL,
      "a line for each event, as it happens, until Ctrl+C" },
    { "format", 'f', HET_OPTION_STRING, "text|perfetto|vcd",
      "text (default), JSON for ui.perfetto.dev, a value change dump" },
    { "output", 'o', HET_OPTION_STRING, "FILE",
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
