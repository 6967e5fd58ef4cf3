/*
 * A command line: what the user asked for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command-internal.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/there.h"
#include "domain/call.h"
#include "util/error.h"
#include "util/interrupt.h"
#include "util/text.h"
#include "util/worker.h"

static void cli_clear(HetCli *cli)
{
    /* It may never be closed either. */
    if (!het_worker_is_stuck()) {
        het_call_close();
        g_clear_pointer(&cli->conn, virConnectClose);
    }
    g_hash_table_unref(cli->options);
    g_hash_table_unref(cli->lists);
    g_ptr_array_unref(cli->args);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetCli, cli_clear)

static const HetCliOption version_options[] = {
    { "version", 'V', HET_OPTION_FLAG, NULL, "show the version" },
    { 0 }
};

static const HetCliOption *find_option(HetCli *cli, const char *name,
                                       gsize len, char letter)
{
    const HetCliOption *option = het_command_option(cli->command, name, len,
                                                    letter);

    if (!option && !cli->command &&
        (letter ? letter == version_options->letter
                : len == strlen(version_options->name) &&
                  !strncmp(version_options->name, name, len))) {
        return version_options;
    }
    return option;
}

static gboolean check_value(const HetCliOption *option, const char *value,
                            GError **error)
{
    if (option->kind == HET_OPTION_NUMBER &&
        !g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT / 1000, NULL,
                                    NULL)) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "option --%s: '%s' is not a number from 0 to %d",
                    option->name, value, G_MAXINT / 1000);
        return FALSE;
    }
    return TRUE;
}

/* The values of an option in their order, with a NULL at the end */
static void add_value(HetCli *cli, const char *name, const char *value)
{
    GPtrArray *list = g_hash_table_lookup(cli->lists, name);

    if (!list) {
        list = g_ptr_array_new();
        g_ptr_array_add(list, NULL);
        g_hash_table_insert(cli->lists, (char *)name, list);
    }
    g_ptr_array_insert(list, list->len - 1, (char *)value);
}

/* Parses the option at argv[*i]; a value may be the next argument. */
static gboolean parse_option(HetCli *cli, int argc, char **argv, int *i,
                             GError **error)
{
    const char *text = argv[*i];
    gboolean is_long = text[1] == '-';
    const char *name = text + (is_long ? 2 : 1);
    gsize len = is_long ? strcspn(name, "=") : 1;
    const HetCliOption *option = find_option(cli, name, len,
                                             is_long ? 0 : *name);
    const char *value = NULL;

    if (!option) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "unknown option '%s'", text);
        return FALSE;
    }
    if (name[len]) {
        value = name + len + (is_long ? 1 : 0);
    }
    if (option->kind == HET_OPTION_FLAG && value) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "option --%s takes no value: '%s'", option->name, text);
        return FALSE;
    }
    if (option->kind != HET_OPTION_FLAG &&
        option->kind != HET_OPTION_OPTIONAL && !value) {
        value = *i + 1 < argc ? argv[++*i] : NULL;
        if (!value) {
            g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                        "option --%s needs a value: %s", option->name,
                        option->value);
            return FALSE;
        }
    }
    g_hash_table_insert(cli->options, (char *)option->name,
                        (char *)(value ?: ""));
    add_value(cli, option->name, value ?: "");
    return check_value(option, value ?: "", error);
}

static gboolean set_command(HetCli *cli, const char *name, GError **error)
{
    cli->command = het_command_find(name);
    if (!cli->command) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "unknown command '%s'; 'hetctl --help' lists them", name);
    }
    return cli->command != NULL;
}

static gboolean parse(HetCli *cli, int argc, char **argv, GError **error)
{
    gboolean options_end = FALSE;

    for (int i = 1; i < argc; i++) {
        if (!options_end && !strcmp(argv[i], "--")) {
            options_end = TRUE;
        } else if (!options_end && argv[i][0] == '-' && argv[i][1]) {
            if (!parse_option(cli, argc, argv, &i, error)) {
                return FALSE;
            }
        } else if (!cli->command) {
            if (!set_command(cli, argv[i], error)) {
                return FALSE;
            }
        } else {
            g_ptr_array_add(cli->args, argv[i]);
        }
    }
    return TRUE;
}

static gboolean check_args(HetCli *cli, GError **error)
{
    int n = cli->args->len;

    if (!cli->command) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "no command; 'hetctl --help' lists them");
        return FALSE;
    }
    if (n < cli->command->min_args || n > cli->command->max_args) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "'%s' takes %s%s; 'hetctl %s --help' says more",
                    cli->command->name,
                    *cli->command->args ? "the arguments " : "no arguments",
                    cli->command->args, cli->command->name);
        return FALSE;
    }
    return TRUE;
}

/* The option may stand before the command, which says what it may be. */
static gboolean check_format(HetCli *cli, GError **error)
{
    const char *value = het_cli_string(cli, "format");
    const char *formats = het_command_option(cli->command, "format",
                                             strlen("format"), 0)->value;
    g_auto(GStrv) names = g_strsplit(formats, "|", -1);

    if (value && !g_strv_contains((const char *const *)names, value)) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "option --format: '%s' is none of %s", value, formats);
        return FALSE;
    }
    return TRUE;
}

/* What others see of it: see het_host_note() */
static void set_application_name(const HetCli *cli)
{
    g_autofree char *name = g_strconcat("hetctl ", cli->command->name, NULL);

    g_set_application_name(name);
}

static gboolean run(HetCli *cli, int argc, char **argv, GError **error)
{
    if (!parse(cli, argc, argv, error) || !check_format(cli, error)) {
        return FALSE;
    }
    if (het_cli_flag(cli, "help")) {
        if (cli->command) {
            het_help_print_command(cli->command);
        } else {
            het_help_print(version_options);
        }
        return TRUE;
    }
    if (het_cli_flag(cli, "version")) {
        puts("hetctl " PACKAGE_VERSION);
        return TRUE;
    }
    if (!check_args(cli, error)) {
        return FALSE;
    }
    set_application_name(cli);
    return het_cli_is_there(cli) ? het_cli_run_there(cli, &cli->code, error)
                                 : cli->command->run(cli, error);
}

static gboolean flush_output(GError **error)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "cannot write the output: %s", g_strerror(errno));
    return FALSE;
}

/* An error is one line, also when an emulator has said several. */
static void print_error(const GError *error)
{
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    GString *text = g_string_new(NULL);
    g_autofree char *printable = NULL;

    for (guint i = 0; lines[i]; i++) {
        if (i == 0 || *g_strstrip(lines[i])) {
            g_string_append_printf(text, "%s%s", i ? "; " : "", lines[i]);
        }
    }
    printable = het_text_printable(text->str);
    fprintf(stderr, "error: %s\n", printable);
    g_string_free(text, TRUE);
}

int het_cli_main(int argc, char **argv)
{
    g_auto(HetCli) cli = {
        .options = g_hash_table_new(g_str_hash, g_str_equal),
        .lists = g_hash_table_new_full(
            g_str_hash, g_str_equal, NULL,
            (GDestroyNotify)g_ptr_array_unref),
        .args = g_ptr_array_new(),
    };
    g_autoptr(GError) error = NULL;

    het_interrupt_init();
    /* A reader that leaves must not end a start half way, nor a limit. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    /* GLib takes it for the current folder: '..' of a link leads elsewhere. */
    g_unsetenv("PWD");
    if (!run(&cli, argc, argv, &error) || !flush_output(&error)) {
        print_error(error);
    }
    return error ? het_error_exit_code(error) : cli.code;
}
