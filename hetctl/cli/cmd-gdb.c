/*
 * hetctl gdb
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "debug/gdb.h"
#include "debug/keeper.h"
#include "debug/server.h"
#include "debug/symbols.h"
#include "debug/vscode.h"
#include "domain/conn.h"
#include "domain/defined.h"
#include "soc/soc.h"
#include "util/error.h"
#include "util/interrupt.h"
#include "util/output.h"
#include "util/scratch.h"

#define PROCESSORS_MAX (1 + HET_SOC_SLAVES_MAX)

typedef struct {
    HetCli *cli;
    HetStubsOptions options;
    GPtrArray *inferiors;       /* HetGdbInferior */
    HetKeeper *keeper;
    HetServer *server;
    GPid gdb;                   /* 0: not there */
    int gdb_status;
} HetDebugging;

static void note(const char *text, void *opaque)
{
    const HetDebugging *d = opaque;

    if (!het_cli_quiet(d->cli)) {
        fprintf(stderr, "note: %s\n", text);
    }
}

static void complain(const GError *error, void *opaque)
{
    fprintf(stderr, "warning: %s\n", error->message);
}

static gboolean serve(gpointer opaque, GError **error)
{
    HetDebugging *d = opaque;
    gboolean ok = het_server_run(d->server, error);

    if (het_server_has_left(d->server)) {
        fprintf(stderr, "warning: process %d lets them go, within half a "
                "minute; 'hetctl gdb' does as well\n",
                het_keeper_take_over(d->keeper));
    }
    return ok;
}

static gboolean run_server(HetDebugging *d, GError **error)
{
    const char *address = het_cli_string(d->cli, "server");
    g_autoptr(HetListener) listener =
        het_listener_new(*address ? address : NULL, error);
    g_autoptr(HetServer) server = NULL;
    g_autofree char *script = NULL;

    if (!listener) {
        return FALSE;
    }
    server = het_server_new(het_cli_string(d->cli, "connect"), &d->options,
                            listener, complain, d);
    d->server = server;
    script = het_gdb_script(d->inferiors, het_listener_address(listener));
    fputs(script, stdout);
    fflush(stdout);
    return het_interrupt_ends(serve, d, error);
}

/* ---- with GDB on this terminal ---- */

static void on_gdb_end(GPid pid, gint status, gpointer opaque)
{
    HetDebugging *d = opaque;

    d->gdb = 0;
    d->gdb_status = status;
    het_server_quit(d->server);
}

static gboolean serve_gdb(gpointer opaque, GError **error)
{
    HetDebugging *d = opaque;
    gboolean ok = serve(d, error);

    if (d->gdb) {
        kill(d->gdb, SIGTERM);
        waitpid(d->gdb, NULL, 0);
    }
    return ok;
}

static gboolean start_gdb(HetDebugging *d, const HetScratch *folder,
                          char **words, const char *address, GError **error)
{
    g_autofree char *path = g_build_filename(het_scratch_path(folder),
                                             "script", NULL);
    g_autofree char *script = het_gdb_script(d->inferiors, address);

    if (!g_file_set_contents(path, script, -1, error) ||
        !het_gdb_start(words, path, &d->gdb, error)) {
        return FALSE;
    }
    g_child_watch_add(d->gdb, on_gdb_end, d);
    return TRUE;
}

static gboolean run_gdb(HetDebugging *d, GError **error)
{
    g_auto(GStrv) words = het_gdb_find(het_cli_string(d->cli, "gdb"), error);
    g_autoptr(HetScratch) folder = words ? het_scratch_new(error) : NULL;
    g_autofree char *where =
        folder ? g_strdup_printf("unix:%s/socket", het_scratch_path(folder))
               : NULL;
    g_autoptr(HetListener) listener = where ? het_listener_new(where, error)
                                            : NULL;
    g_autoptr(HetServer) server = NULL;

    if (!listener) {
        return FALSE;
    }
    server = het_server_new(het_cli_string(d->cli, "connect"), &d->options,
                            listener, complain, d);
    d->server = server;
    if (!start_gdb(d, folder, words, het_listener_address(listener),
                   error) ||
        !het_interrupt_ends(serve_gdb, d, error)) {
        return FALSE;
    }
    if (!g_spawn_check_wait_status(d->gdb_status, NULL)) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "the debugger has failed");
        return FALSE;
    }
    return TRUE;
}

/* ---- for VS Code ---- */

/* All of the SoC if none are named; a NULL is at the end. */
static gboolean name_processors(const HetDefined *defined,
                                GPtrArray *processors, GError **error)
{
    gboolean named;

    g_ptr_array_set_size(processors, processors->len - 1);
    for (guint i = 0; i < processors->len; i++) {
        if (!het_defined_part(defined, g_ptr_array_index(processors, i),
                              error)) {
            return FALSE;
        }
    }
    named = processors->len > 0;
    for (guint i = 0; !named && i < defined->parts->len; i++) {
        const HetPart *part = g_ptr_array_index(defined->parts, i);

        g_ptr_array_add(processors, part->name);
    }
    g_ptr_array_add(processors, NULL);
    return TRUE;
}

static void add_vscode(HetDebugging *d, const char *debugger,
                       JsonBuilder *b)
{
    const HetVscode vscode = {
        .soc = d->options.soc,
        .uri = het_cli_string(d->cli, "connect"),
        .debugger = debugger,
        .inferiors = d->inferiors,
    };

    het_vscode_add_json(&vscode, b);
    for (guint i = 1; i <= d->inferiors->len; i++) {
        const HetGdbInferior *inferior =
            g_ptr_array_index(d->inferiors, i - 1);
        g_autofree char *server = het_vscode_server(&vscode, i);
        g_autofree char *text =
            g_strdup_printf("cortex-debug connects to '%s'", server);

        if (inferior->is_arm) {
            note(text, d);
        }
    }
}

/* ---- the command ---- */

/* Of what is defined: it need not run. */
static gboolean print_vscode(HetDebugging *d, virConnectPtr conn,
                             GPtrArray *processors, GError **error)
{
    g_autoptr(HetDefined) defined =
        het_defined_find_whole(conn, d->options.soc, error);
    g_auto(GStrv) words = defined
        ? het_gdb_find(het_cli_string(d->cli, "gdb"), error) : NULL;
    g_autoptr(GPtrArray) inferiors = NULL;
    g_autoptr(JsonBuilder) b = json_builder_new();

    if (!words || !name_processors(defined, processors, error)) {
        return FALSE;
    }
    inferiors = het_symbols_find(
        conn, defined->name, (const char *const *)processors->pdata,
        het_cli_strings(d->cli, "symbols"), note, d, error);
    if (!inferiors) {
        return FALSE;
    }
    d->inferiors = inferiors;
    add_vscode(d, words[0], b);
    het_json_print(b);
    return TRUE;
}

static gboolean debug(HetDebugging *d, virConnectPtr conn, GError **error)
{
    gboolean ok = het_conn_require_local(conn, error) &&
                  het_stubs_check(conn, &d->options, error);

    if (ok) {
        d->inferiors =
            het_symbols_find(conn, d->options.soc, d->options.processors,
                             het_cli_strings(d->cli, "symbols"), note, d,
                             error);
    }
    if (!ok || !d->inferiors) {
        return FALSE;
    }
    ok = het_cli_flag(d->cli, "server") ? run_server(d, error)
                                        : run_gdb(d, error);
    g_ptr_array_unref(d->inferiors);
    return ok;
}

static gboolean run(HetCli *cli, GError **error)
{
    g_autoptr(GPtrArray) processors = g_ptr_array_new();
    g_autoptr(HetKeeper) keeper =
        het_keeper_new(het_cli_string(cli, "connect"), het_cli_arg(cli, 0),
                       error);
    virConnectPtr conn = keeper ? het_cli_connect(cli, error) : NULL;
    HetDebugging d = { .cli = cli, .keeper = keeper };

    for (guint i = 1; het_cli_arg(cli, i); i++) {
        g_ptr_array_add(processors, (char *)het_cli_arg(cli, i));
    }
    g_ptr_array_add(processors, NULL);
    d.options = (HetStubsOptions) {
        .soc = het_cli_arg(cli, 0),
        .processors = (const char *const *)processors->pdata,
        .is_alone = het_cli_flag(cli, "no-cross-halt"),
        .stops_at_boot = het_cli_flag(cli, "stop-at-boot"),
    };
    if (het_cli_flag(cli, "vscode")) {
        return conn && print_vscode(&d, conn, processors, error);
    }
    return conn && debug(&d, conn, error);
}

static const HetCliOption options[] = {
    { "server", 0, HET_OPTION_OPTIONAL, "unix:PATH|HOST:PORT",
      "only serve debuggers, until Ctrl+C" },
    { "symbols", 0, HET_OPTION_NAME_FILE, "PROCESSOR=FILE",
      "what the processor runs, an ELF file" },
    { "gdb", 0, HET_OPTION_STRING, "COMMAND",
      "the debugger (default: $GDB, or gdb-multiarch)" },
    { "no-cross-halt", 0, HET_OPTION_FLAG, NULL,
      "processors that are not named go on running" },
    { "stop-at-boot", 0, HET_OPTION_FLAG, NULL,
      "halt before the first instruction of each boot" },
    { "vscode", 0, HET_OPTION_FLAG, NULL,
      "print a launch.json of VS Code, and do nothing else" },
    { 0 }
};

const HetCommand het_cmd_gdb = {
    .name = "gdb",
    .args = "SOC [PROCESSOR...]",
    .min_args = 1,
    .max_args = 1 + PROCESSORS_MAX,
    .summary = "Debug the processors together, with GDB",
    .options = options,
    .run = run,
    .place = HET_THERE_KEYS,
};
