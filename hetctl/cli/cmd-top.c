/*
 * hetctl top
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/top-sample.h"
#include "run/status.h"
#include "util/error.h"
#include "util/interrupt.h"
#include "util/output.h"

#define HEAD_LINES 2            /* the title, the names of the columns */

typedef struct {
    HetCli *cli;
    virConnectPtr conn;
    const char *soc;            /* NULL: all that run */
    GHashTable *samples;        /* "SOC.PROCESSOR" -> HetTopSample */
    gboolean json;
    gboolean is_screen;
    guint rows_left;            /* UINT_MAX: there is no end */
    guint hidden;
    HetTable *table;
    JsonBuilder *builder;
} HetTop;

static char *decimal(double value, const char *unit)
{
    return value < 0 ? NULL : g_strdup_printf("%.1f%s", value, unit);
}

static void add_row(HetTop *top, const char *soc, const HetPartStatus *p,
                    HetTopRate rate)
{
    g_autofree char *cpu = decimal(rate.cpu < 0 ? -1 : rate.cpu * 100, "%");
    g_autofree char *sent = decimal(rate.sent, "");
    g_autofree char *received = decimal(rate.received, "");
    g_autofree char *boots = NULL;
    g_autofree char *crashes = NULL;
    const char *cells[] = {
        soc, p->part->name, het_part_state_name(p->part),
        p->slave ? het_core_state_name(p->slave->state) : NULL,
        cpu, sent, received, NULL, NULL,
    };

    if (p->slave) {
        cells[7] = boots = g_strdup_printf("%" G_GUINT64_FORMAT,
                                           p->slave->boots);
        cells[8] = crashes = g_strdup_printf("%" G_GUINT64_FORMAT,
                                             p->slave->crashes);
    }
    if (!top->rows_left) {
        top->hidden++;
        return;
    }
    top->rows_left--;
    het_table_add(top->table, cells);
}

static void add_number(JsonBuilder *b, const char *name, double value)
{
    json_builder_set_member_name(b, name);
    if (value < 0) {
        json_builder_add_null_value(b);
    } else {
        json_builder_add_double_value(b, value);
    }
}

static void add_json(HetTop *top, const char *soc, const HetPartStatus *p,
                     HetTopRate rate)
{
    JsonBuilder *b = top->builder;

    json_builder_begin_object(b);
    het_json_add_string(b, "soc", soc);
    het_json_add_string(b, "processor", p->part->name);
    het_json_add_string(b, "state", het_part_state_name(p->part));
    het_json_add_string(b, "core", p->slave
                        ? het_core_state_name(p->slave->state) : NULL);
    add_number(b, "seconds", rate.seconds);
    add_number(b, "cpu", rate.cpu);
    add_number(b, "sent", rate.sent);
    add_number(b, "received", rate.received);
    if (p->slave) {
        het_json_add_uint(b, "boots", p->slave->boots);
        het_json_add_uint(b, "crashes", p->slave->crashes);
    }
    json_builder_end_object(b);
}

/* Takes what the processor has done into @next. */
static void add_part(HetTop *top, GHashTable *next, const char *soc,
                     const HetPartStatus *p, gint64 now_us)
{
    HetTopSample *now = g_new0(HetTopSample, 1);
    char *key = g_strdup_printf("%s.%s", soc, p->part->name);
    HetTopRate rate;

    het_top_sample(now, p, now_us);
    rate = het_top_rate(g_hash_table_lookup(top->samples, key), now);
    g_hash_table_insert(next, key, now);
    if (top->json) {
        add_json(top, soc, p, rate);
    } else {
        add_row(top, soc, p, rate);
    }
}

static gboolean is_shown(const HetTop *top, const HetDefined *defined)
{
    return top->soc ? g_str_equal(defined->name, top->soc)
                    : het_defined_state(defined) != HET_RUN_OFF;
}

/* Who is gone is forgotten with the old table. */
static gboolean look(HetTop *top, GError **error)
{
    g_autoptr(GPtrArray) list = het_defined_list(top->conn, error);
    GHashTable *next;

    if (!list) {
        return FALSE;
    }
    next = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < list->len; i++) {
        HetDefined *defined = g_ptr_array_index(list, i);
        g_autoptr(HetStatus) status = NULL;
        gint64 now_us;

        if (!is_shown(top, defined)) {
            continue;
        }
        status = het_status_gather(defined);
        now_us = g_get_monotonic_time();
        for (guint j = 0; j < status->parts->len; j++) {
            add_part(top, next, defined->name,
                     g_ptr_array_index(status->parts, j), now_us);
        }
    }
    g_hash_table_unref(top->samples);
    top->samples = next;
    return TRUE;
}

static gboolean show_json(HetTop *top, gboolean silent, GError **error)
{
    g_autoptr(JsonBuilder) b = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;

    top->builder = b;
    json_builder_begin_array(b);
    if (!look(top, error)) {
        return FALSE;
    }
    json_builder_end_array(b);
    root = json_builder_get_root(b);
    text = json_to_string(root, FALSE);
    if (!silent) {
        puts(text);
    }
    return TRUE;
}

/* Rows for which a screen has room; without a size it scrolls. */
static guint rows_of_screen(const HetTop *top)
{
    struct winsize size;

    if (!top->is_screen || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 ||
        !size.ws_row) {
        return G_MAXUINT;
    }
    /* The cursor and the note of what is hidden need a line each. */
    return MAX(size.ws_row, HEAD_LINES + 3) - HEAD_LINES - 2;
}

static void print_title(const HetTop *top)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *text = g_date_time_format(now, "%H:%M:%S");

    /* To the first line, without what was there */
    fputs("\033[H\033[J", stdout);
    het_print_line("hetctl top, %s, Ctrl+C ends it", text);
}

static gboolean show_table(HetTop *top, gboolean silent, GError **error)
{
    g_autoptr(HetTable) table =
        het_table_new("SOC", "PROCESSOR", "STATE", "CORE", "CPU", "SENT/S",
                      "RECEIVED/S", "BOOTS", "CRASHES", NULL);

    top->table = table;
    top->rows_left = rows_of_screen(top);
    top->hidden = 0;
    if (!look(top, error)) {
        return FALSE;
    }
    if (silent) {
        return TRUE;
    }
    if (top->is_screen) {
        print_title(top);
    }
    het_table_print(table);
    if (top->hidden) {
        het_print_line("%u more", top->hidden);
    } else if (!top->is_screen) {
        puts("");
    }
    return TRUE;
}

/* @silent: the rates of the next one begin here. */
static gboolean show(HetTop *top, gboolean silent, GError **error)
{
    if (!(top->json ? show_json : show_table)(top, silent, error)) {
        return FALSE;
    }
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "cannot write the output: %s", g_strerror(errno));
    return FALSE;
}

/* FALSE with @error set when a signal came */
static gboolean wait_until(gint64 end_us, GError **error)
{
    struct pollfd fd = { .fd = het_interrupt_fd(), .events = POLLIN };
    gint64 left_us;

    while (!het_interrupted(error)) {
        left_us = end_us - g_get_monotonic_time();
        if (left_us <= 0) {
            return TRUE;
        }
        poll(&fd, 1, left_us / 1000 + 1);
    }
    return FALSE;
}

static gboolean top(gpointer opaque, GError **error)
{
    HetTop *top = opaque;
    gint64 step_us = het_cli_number(top->cli, "interval", 1) *
                     (gint64)G_USEC_PER_SEC;
    guint count = het_cli_number(top->cli, "count", 0);
    gint64 next_us = g_get_monotonic_time();

    /* Somebody who looks sees something at once, a script sees rates only. */
    if (!show(top, !top->is_screen, error)) {
        return FALSE;
    }
    for (guint i = top->is_screen; !count || i < count; i++) {
        /* Who was late does not catch up. */
        next_us = MAX(next_us + step_us, g_get_monotonic_time());
        if (!wait_until(next_us, error) || !show(top, FALSE, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_soc(const HetTop *top, GError **error)
{
    g_autoptr(HetDefined) defined =
        top->soc ? het_defined_find(top->conn, top->soc, error) : NULL;

    return !top->soc || defined;
}

static gboolean run(HetCli *cli, GError **error)
{
    HetTop t = {
        .cli = cli,
        .soc = het_cli_arg(cli, 0),
        .json = het_cli_format(cli) == HET_FORMAT_JSON,
    };
    gboolean ok;

    if (!het_cli_number(cli, "interval", 1)) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "option --interval: '0' is no time");
        return FALSE;
    }
    t.conn = het_cli_connect(cli, error);
    if (!t.conn || !check_soc(&t, error)) {
        return FALSE;
    }
    t.is_screen = !t.json && isatty(STDOUT_FILENO) &&
                  g_strcmp0(g_getenv("TERM"), "dumb");
    t.samples = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                      g_free);
    ok = het_interrupt_ends(top, &t, error);
    g_hash_table_unref(t.samples);
    return ok;
}

static const HetCliOption options[] = {
    { "count", 'n', HET_OPTION_NUMBER, "N",
      "end after so many tables (default: no end)" },
    { "interval", 'i', HET_OPTION_NUMBER, "SECONDS",
      "time between two tables (default: 1)" },
    { 0 }
};

const HetCommand het_cmd_top = {
    .name = "top",
    .args = "[SOC]",
    .min_args = 0,
    .max_args = 1,
    .summary = "Show CPU time, messages, boots and crashes as they change",
    .options = options,
    .run = run,
};
