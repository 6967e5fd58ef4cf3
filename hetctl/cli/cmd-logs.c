/*
 * hetctl logs: what all consoles of a SoC have said
 *
 * libvirt keeps a log of each console, without times.  What is known is when a
 * file was written last, and, while hetctl follows, which one is written, and
 * when it has seen a line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "domain/console.h"
#include "util/error.h"
#include "util/interrupt.h"
#include "util/log-tail.h"
#include "util/log-watch.h"
#include "util/output.h"
#include "util/text.h"

/* Where the host does not say that a log is written */
#define POLL_MS 50
/* A line that does not end is shown as it is after that, or when so long. */
#define PATIENCE_US G_USEC_PER_SEC
#define LINE_MAX_BYTES 65536
#define FIRST_COLOUR 31
#define COLOURS 6

typedef struct {
    char *name;                 /* "a7", or "m4/uart7" */
    const char *processor;
    char *port;
    guint colour;
    HetLogTail *tail;
    GString *line;              /* that has not ended yet */
    gint64 since;               /* when its last byte was seen */
} Source;

/* Of one file of a log, which was written in one go as far as is known */
typedef struct {
    Source *source;
    gint64 modified;
    GString *bytes;
} Piece;

typedef struct {
    GPtrArray *sources;
    HetLogWatch *watch;         /* of them, in their order */
    GPtrArray *pieces;          /* Piece: before anything is followed */
    guint width;
    gint64 since;               /* microseconds; 0: all */
    gboolean has_times;
    gboolean is_json;
    gboolean is_coloured;
    gboolean is_following;
} Logs;

static void source_free(Source *source)
{
    g_free(source->name);
    g_free(source->port);
    het_log_tail_free(source->tail);
    g_string_free(source->line, TRUE);
    g_free(source);
}

static void piece_free(Piece *piece)
{
    g_string_free(piece->bytes, TRUE);
    g_free(piece);
}

static void logs_clear(Logs *logs)
{
    g_ptr_array_unref(logs->sources);
    g_ptr_array_unref(logs->pieces);
    het_log_watch_free(logs->watch);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Logs, logs_clear)

/* ---- lines ---- */

/* NULL: it was there before anybody looked. */
static char *time_text(const Logs *logs)
{
    g_autoptr(GDateTime) now = NULL;

    if (!logs->is_following) {
        return NULL;
    }
    now = g_date_time_new_now_local();
    return g_date_time_format(now, "%H:%M:%S.%f");
}

static void print_json(const Source *source, const char *text,
                       const char *time)
{
    g_autoptr(JsonBuilder) b = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *line = NULL;

    json_builder_begin_object(b);
    het_json_add_string(b, "processor", source->processor);
    het_json_add_string(b, "serial", source->port);
    het_json_add_string(b, "seen", time);
    het_json_add_string(b, "text", text);
    json_builder_end_object(b);
    root = json_builder_get_root(b);
    line = json_to_string(root, FALSE);
    puts(line);
}

static void print_text(const Logs *logs, const Source *source,
                       const char *text, const char *time)
{
    g_autofree char *stamp =
        logs->has_times ? g_strdup_printf("%-15s ", time ?: "-")
                        : g_strdup("");

    if (logs->is_coloured) {
        printf("%s\033[%um%-*s\033[0m | %s\n", stamp,
               FIRST_COLOUR + source->colour % COLOURS, (int)logs->width,
               source->name, text);
    } else {
        printf("%s%-*s | %s\n", stamp, (int)logs->width, source->name, text);
    }
}

static void print_line(const Logs *logs, Source *source)
{
    g_autofree char *time = time_text(logs);
    g_autofree char *text = NULL;

    while (source->line->len &&
           source->line->str[source->line->len - 1] == '\r') {
        g_string_truncate(source->line, source->line->len - 1);
    }
    text = het_text_printable(source->line->str);
    if (logs->is_json) {
        print_json(source, text, time);
    } else {
        print_text(logs, source, text, time);
    }
    g_string_truncate(source->line, 0);
}

static void add_bytes(const Logs *logs, Source *source, const char *bytes,
                      gsize size)
{
    for (gsize i = 0; i < size; i++) {
        if (bytes[i] == '\n') {
            print_line(logs, source);
        } else if (bytes[i]) {
            g_string_append_c(source->line, bytes[i]);
            if (source->line->len >= LINE_MAX_BYTES) {
                print_line(logs, source);
            }
        }
    }
    source->since = g_get_monotonic_time();
}

static void end_line(const Logs *logs, Source *source, gint64 patience)
{
    if (source->line->len &&
        g_get_monotonic_time() - source->since >= patience) {
        print_line(logs, source);
    }
}

/* ---- what was there before ---- */

typedef struct {
    Logs *logs;
    Source *source;
} Reader;

static void take_piece(gpointer opaque, const char *bytes, gsize size,
                       gint64 modified)
{
    Reader *r = opaque;
    GPtrArray *pieces = r->logs->pieces;
    Piece *piece = pieces->len ? g_ptr_array_index(pieces, pieces->len - 1)
                               : NULL;

    if (!piece || piece->source != r->source ||
        piece->modified != modified) {
        piece = g_new0(Piece, 1);
        piece->source = r->source;
        piece->bytes = g_string_new(NULL);
        g_ptr_array_add(pieces, piece);
    }
    piece->modified = modified;
    g_string_append_len(piece->bytes, bytes, size);
}

static gint compare_pieces(gconstpointer a, gconstpointer b)
{
    const Piece *x = *(Piece *const *)a, *y = *(Piece *const *)b;

    return x->modified < y->modified ? -1 : x->modified > y->modified;
}

static gboolean print_past(Logs *logs, GError **error)
{
    for (guint i = 0; i < logs->sources->len; i++) {
        Reader r = { logs, g_ptr_array_index(logs->sources, i) };

        if (!het_log_tail_read(r.source->tail, take_piece, &r, error)) {
            return FALSE;
        }
    }
    g_ptr_array_sort(logs->pieces, compare_pieces);
    for (guint i = 0; i < logs->pieces->len; i++) {
        const Piece *piece = g_ptr_array_index(logs->pieces, i);

        if (piece->modified >= logs->since) {
            add_bytes(logs, piece->source, piece->bytes->str,
                      piece->bytes->len);
        }
    }
    g_ptr_array_set_size(logs->pieces, 0);
    return TRUE;
}

/* ---- what comes ---- */

static void take_new(gpointer opaque, const char *bytes, gsize size,
                     gint64 modified)
{
    Reader *r = opaque;

    add_bytes(r->logs, r->source, bytes, size);
}

static gboolean read_new(Logs *logs, guint index, GError **error)
{
    Reader r = { logs, g_ptr_array_index(logs->sources, index) };

    return het_log_tail_read(r.source->tail, take_new, &r, error);
}

/* An error comes again when all are read. */
static void on_written(guint index, gpointer opaque)
{
    read_new(opaque, index, NULL);
}

static gboolean read_all(Logs *logs, GError **error)
{
    for (guint i = 0; i < logs->sources->len; i++) {
        if (!read_new(logs, i, error)) {
            return FALSE;
        }
        end_line(logs, g_ptr_array_index(logs->sources, i), PATIENCE_US);
    }
    return TRUE;
}

/*
 * In the order in which the logs are written; all of them when nothing is told,
 * and now and then.
 */
static gboolean follow(gpointer opaque, GError **error)
{
    Logs *logs = opaque;
    gboolean was_told = FALSE;
    gint64 all_at = 0;

    while (!het_interrupted(error)) {
        if (!was_told || g_get_monotonic_time() >= all_at) {
            if (!read_all(logs, error)) {
                return FALSE;
            }
            all_at = g_get_monotonic_time() + PATIENCE_US;
        }
        if (fflush(stdout) == EOF) {
            return TRUE;        /* nobody reads it any more */
        }
        was_told = het_log_watch_wait(logs->watch, POLL_MS, on_written, logs);
    }
    return FALSE;
}

static gboolean print_all(Logs *logs, gboolean follows, GError **error)
{
    if (!print_past(logs, error)) {
        return FALSE;
    }
    if (follows) {
        logs->is_following = TRUE;
        return het_interrupt_ends(follow, logs, error);
    }
    for (guint i = 0; i < logs->sources->len; i++) {
        end_line(logs, g_ptr_array_index(logs->sources, i), 0);
    }
    return TRUE;
}

/* ---- which ---- */

/* virtlogd makes its files for the user that it runs as alone. */
static void explain_log(const HetPart *part, const HetConsolePort *port,
                        GError **error)
{
    gboolean is_foreign = access(port->log, R_OK) < 0 && errno == EACCES;

    g_prefix_error(error, "console of '%s': ", part->name);
    if (error && is_foreign) {
        g_autofree char *text = g_steal_pointer(&(*error)->message);

        (*error)->message = g_strdup_printf(
            "%s; libvirt keeps it for the user of its daemon: ask as that "
            "user ('sudo hetctl logs'), or see what comes from now on with "
            "'hetctl console --read-only'", text);
    }
}

static gboolean add_port(Logs *logs, const HetPart *part,
                         const HetConsolePort *port, gboolean is_only,
                         guint colour, GError **error)
{
    g_autoptr(HetLogTail) tail = NULL;
    Source *source;

    if (!port->log) {
        return TRUE;
    }
    tail = het_log_tail_new(port->log, FALSE, error);
    if (!tail) {
        explain_log(part, port, error);
        return FALSE;
    }
    source = g_new0(Source, 1);
    source->processor = part->name;
    source->port = het_console_name(port);
    source->name = is_only ? g_strdup(part->name)
                           : g_strdup_printf("%s/%s", part->name,
                                             source->port);
    source->colour = colour;
    source->tail = g_steal_pointer(&tail);
    source->line = g_string_new(NULL);
    logs->width = MAX(logs->width, strlen(source->name));
    g_ptr_array_add(logs->sources, source);
    het_log_watch_add(logs->watch, port->log);
    return TRUE;
}

static gboolean add_part(Logs *logs, const HetDefined *defined,
                         const HetPart *part, guint colour, GError **error)
{
    g_autoptr(GPtrArray) ports = NULL;

    if (!part->domain) {
        return TRUE;
    }
    ports = het_console_list(defined, part, error);
    for (guint i = 0; ports && i < ports->len; i++) {
        if (!add_port(logs, part, g_ptr_array_index(ports, i),
                      ports->len == 1, colour, error)) {
            return FALSE;
        }
    }
    return ports != NULL;
}

static gboolean is_wanted(HetCli *cli, const HetPart *part)
{
    const char *name;

    for (guint i = 1; (name = het_cli_arg(cli, i)); i++) {
        if (!strcmp(name, part->name)) {
            return TRUE;
        }
    }
    return !het_cli_arg(cli, 1);
}

static gboolean add_parts(Logs *logs, HetCli *cli, const HetDefined *defined,
                          GError **error)
{
    const char *name;

    for (guint i = 1; (name = het_cli_arg(cli, i)); i++) {
        if (!het_defined_part(defined, name, error)) {
            return FALSE;
        }
    }
    for (guint i = 0; i < defined->parts->len; i++) {
        const HetPart *part = g_ptr_array_index(defined->parts, i);

        if (is_wanted(cli, part) &&
            !add_part(logs, defined, part, i, error)) {
            return FALSE;
        }
    }
    if (!logs->sources->len) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "soc '%s': no console here has a log; <serial> among the "
                    "<devices> gives one, to a soc that this hetctl defines",
                    defined->name);
        return FALSE;
    }
    return TRUE;
}

/* "90" or "90s", "5m", "2h": ago; or a time with a date */
static gboolean parse_since(const char *text, gint64 *since, GError **error)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    g_autoptr(GDateTime) date = g_date_time_new_from_iso8601(text, zone);
    char *unit;
    guint64 number;

    if (date) {
        *since = g_date_time_to_unix(date) * G_USEC_PER_SEC;
        return TRUE;
    }
    number = g_ascii_strtoull(text, &unit, 10);
    if (g_ascii_isdigit(*text) && number <= G_MAXUINT32 &&
        (!*unit || (strchr("smhd", *unit) && !unit[1]))) {
        number *= *unit == 'm' ? 60 : *unit == 'h' ? 3600
                  : *unit == 'd' ? 86400 : 1;
        *since = g_get_real_time() - (gint64)number * G_USEC_PER_SEC;
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                "option --since: '%s' is neither a time like 90s, 5m, 2h, 1d "
                "nor a date like 2026-01-31T12:00:00", text);
    return FALSE;
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *since = het_cli_string(cli, "since");
    g_auto(Logs) logs = {
        .has_times = het_cli_flag(cli, "timestamps"),
        .is_json = het_cli_format(cli) == HET_FORMAT_JSON,
        .is_coloured = het_output_has_colour(),
    };
    g_autoptr(HetDefined) defined = NULL;
    virConnectPtr conn;

    logs.sources =
        g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    logs.pieces = g_ptr_array_new_with_free_func((GDestroyNotify)piece_free);
    logs.watch = het_log_watch_new();
    if (since && !parse_since(since, &logs.since, error)) {
        return FALSE;
    }
    conn = het_cli_connect(cli, error);
    defined = conn ? het_defined_find(conn, het_cli_arg(cli, 0), error)
                   : NULL;
    return defined && add_parts(&logs, cli, defined, error) &&
           print_all(&logs, het_cli_flag(cli, "follow"), error);
}

static const HetCliOption options[] = {
    { "follow", 0, HET_OPTION_FLAG, NULL,
      "go on with what comes, until Ctrl+C" },
    { "timestamps", 0, HET_OPTION_FLAG, NULL,
      "when a line was seen by --follow; '-': it was there before" },
    { "since", 0, HET_OPTION_STRING, "AGO|DATE",
      "not what is certainly older: 90s, 5m, 2h, 1d, or a date" },
    { 0 }
};

const HetCommand het_cmd_logs = {
    .name = "logs",
    .args = "SOC [PROCESSOR...]",
    .min_args = 1,
    .max_args = G_MAXINT,
    .summary = "Print what all consoles of a SoC have said",
    .options = options,
    .run = run,
};
