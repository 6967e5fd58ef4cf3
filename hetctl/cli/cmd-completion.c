/*
 * hetctl completion: scripts of shells, from the table of commands
 *
 * Bash has a script of its own, which asks --help.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "util/error.h"

static gboolean is_valued(const HetCliOption *o)
{
    return o->kind != HET_OPTION_FLAG && o->kind != HET_OPTION_OPTIONAL;
}

static gboolean is_file(const HetCliOption *o)
{
    return o->kind == HET_OPTION_FILE || o->kind == HET_OPTION_OUTPUT;
}

/* Is it common, but @command has its own instead? */
static gboolean is_replaced(const HetCommand *command, const HetCliOption *o)
{
    return command && het_command_option(command, o->name, strlen(o->name),
                                         0) != o;
}

/* What may stand for @word, a part of HetCommand.args: "[PROCESSOR...]" */
static char *bare(const char *word)
{
    GString *text = g_string_new(word);

    g_string_replace(text, "[", "", 0);
    g_string_replace(text, "]", "", 0);
    g_string_replace(text, "...", "", 0);
    return g_string_free(text, FALSE);
}

/* ---- zsh ---- */

static const char zsh_head[] =
    "#compdef hetctl\n"
    "# Made by 'hetctl completion zsh'\n"
    "\n"
    "_hetctl_socs() {\n"
    "    local -a socs\n"
    "    socs=(${(f)\"$(hetctl list --all --name 2>/dev/null)\"})\n"
    "    compadd -a socs\n"
    "}\n"
    "\n"
    "_hetctl_processors() {\n"
    "    local -a names\n"
    "    names=(${(f)\"$(hetctl dumpxml \"$line[1]\" 2>/dev/null |\n"
    "        sed -n -E \"s/^  <($1) name='([^']*)'.*/\\2/p\")\"})\n"
    "    compadd -a names\n"
    "}\n"
    "\n"
    "_hetctl_any() { _hetctl_processors 'master|slave' }\n"
    "_hetctl_slaves() { _hetctl_processors slave }\n"
    "_hetctl_snapshots() {\n"
    "    local -a names\n"
    "    names=(${(f)\"$(hetctl snapshot list \"$line[2]\" 2>/dev/null |\n"
    "        sed -n '2,$s/ .*//p')\"})\n"
    "    compadd -a names\n"
    "}\n"
    "_hetctl_files_or_socs() { _alternative \\\n"
    "    'socs:SoC:_hetctl_socs' 'files:file:_files' }\n"
    "\n"
    "_hetctl() {\n"
    "    local curcontext=$curcontext state line\n"
    "    local -A opt_args\n"
    "    local -a commands\n"
    "    commands=(\n";

static char *zsh_quote(const char *text, const char *escaped)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (const char *p = text; *p; p++) {
        if (strchr(escaped, *p)) {
            g_string_append_c(out, '\\');
        }
        g_string_append_c(out, *p);
    }
    return g_shell_quote(out->str);
}

/* The values, "(table json)", or what completes them */
static char *zsh_value(const HetCliOption *o)
{
    g_autofree char *values = NULL;

    if (!is_valued(o)) {
        return g_strdup("");
    }
    if (strcmp(o->name, "format")) {
        return g_strdup_printf(":%s:%s", o->value, is_file(o) ? "_files" : "");
    }
    values = g_strdelimit(g_strdup(o->value), "|", ' ');
    return g_strdup_printf(":FORMAT:(%s)", values);
}

static void zsh_option(const HetCliOption *o)
{
    g_autofree char *help = zsh_quote(o->help, "[]:\\");
    g_autofree char *value = zsh_value(o);
    g_autofree char *quoted = g_shell_quote(value);

    printf(" \\\n            --%s%s'['%s']'%s", o->name,
           is_valued(o) ? "=" : "", help, quoted);
    if (o->letter) {
        printf(" \\\n            -%c%s'['%s']'%s", o->letter,
               is_valued(o) ? "+" : "", help, quoted);
    }
}

static void zsh_options(const HetCliOption *options, const HetCommand *command)
{
    for (const HetCliOption *o = options; o && o->name; o++) {
        if (!is_replaced(command, o)) {
            zsh_option(o);
        }
    }
}

static const char *zsh_action(const char *word)
{
    return !strcmp(word, "SOC") ? "_hetctl_socs"
           : !strcmp(word, "SLAVE") ? "_hetctl_slaves"
           : !strcmp(word, "PROCESSOR") ? "_hetctl_any"
           : !strcmp(word, "FILE|SOC") ? "_hetctl_files_or_socs"
           : !strcmp(word, "NAME") ? "_hetctl_snapshots"
           : strchr(word, '|') && g_ascii_islower(*word) ? NULL : "_files";
}

static void zsh_arguments(const HetCommand *command)
{
    g_auto(GStrv) words = g_strsplit(command->args, " ", -1);

    for (guint i = 0; words[i] && *words[i]; i++) {
        g_autofree char *word = bare(words[i]);
        g_autofree char *choice =
            g_strdelimit(g_strdup_printf("(%s)", word), "|", ' ');
        g_autofree char *place = strstr(words[i], "...")
                                 ? g_strdup("*")
                                 : g_strdup_printf("%u", i + 1);
        const char *action = zsh_action(word);

        printf(" \\\n            '%s:%s:%s'", place, word, action ?: choice);
    }
}

static void print_zsh(void)
{
    fputs(zsh_head, stdout);
    for (gsize i = 0; het_commands[i] && !het_commands[i]->is_hidden; i++) {
        g_autofree char *text = g_strconcat(het_commands[i]->name, ":",
                                            het_commands[i]->summary, NULL);
        g_autofree char *quoted = g_shell_quote(text);

        printf("        %s\n", quoted);
    }
    fputs("    )\n    _arguments -C -A '-*'", stdout);
    zsh_options(het_common_options, NULL);
    puts(" \\\n        '1:command:->command' '*::argument:->argument'\n"
         "    case $state in\n"
         "    command) _describe command commands ;;\n"
         "    argument)\n"
         "        case $words[1] in");
    for (gsize i = 0; het_commands[i] && !het_commands[i]->is_hidden; i++) {
        const HetCommand *c = het_commands[i];

        printf("        %s)\n            _arguments -s -S", c->name);
        zsh_options(c->options, c);
        zsh_options(het_common_options, c);
        zsh_arguments(c);
        puts("\n            ;;");
    }
    puts("        esac\n"
         "        ;;\n"
         "    esac\n"
         "}\n"
         "\n"
         "_hetctl \"$@\"");
}

/* ---- fish ---- */

static const char fish_head[] =
    "# Made by 'hetctl completion fish'\n"
    "\n"
    "# The words after the options, the command first; of an option its value\n"
    "# is none of them.\n"
    "function __hetctl_words\n"
    "    set -l skip 0\n"
    "    for word in (commandline -opc)[2..]\n"
    "        if test $skip = 1\n"
    "            set skip 0\n"
    "        else if contains -- $word $__hetctl_valued\n"
    "            set skip 1\n"
    "        else if not string match -q -- '-*' $word\n"
    "            echo $word\n"
    "        end\n"
    "    end\n"
    "end\n"
    "\n"
    "# __hetctl_at COMMAND N: is the N-th argument of the command next?\n"
    "function __hetctl_at\n"
    "    set -l words (__hetctl_words)\n"
    "    test (count $words) -ge 1; and test $words[1] = $argv[1]\n"
    "    and begin\n"
    "        test (count $words) -eq $argv[2]\n"
    "        or test \"$argv[3]\" = more -a (count $words) -gt $argv[2]\n"
    "    end\n"
    "end\n"
    "\n"
    "function __hetctl_is\n"
    "    set -l words (__hetctl_words)\n"
    "    test (count $words) -ge 1; and test $words[1] = $argv[1]\n"
    "end\n"
    "\n"
    "function __hetctl_processors\n"
    "    set -l words (__hetctl_words)\n"
    "    hetctl dumpxml $words[2] 2>/dev/null |\n"
    "        string replace -rf \"^  <(?:$argv[1]) name='([^']*)'.*\" '$1'\n"
    "end\n"
    "\n"
    "function __hetctl_snapshots\n"
    "    set -l words (__hetctl_words)\n"
    "    hetctl snapshot list $words[3] 2>/dev/null | sed -n '2,$s/ .*//p'\n"
    "end\n"
    "\n"
    "complete -c hetctl -f\n";

static char *fish_quote(const char *text)
{
    GString *out = g_string_new(text);

    g_string_replace(out, "\\", "\\\\", 0);
    g_string_replace(out, "'", "\\'", 0);
    g_string_prepend_c(out, '\'');
    g_string_append_c(out, '\'');
    return g_string_free(out, FALSE);
}

static void fish_valued(const HetCliOption *options)
{
    for (const HetCliOption *o = options; o && o->name; o++) {
        if (is_valued(o)) {
            printf(" --%s", o->name);
        }
        if (is_valued(o) && o->letter) {
            printf(" -%c", o->letter);
        }
    }
}

static void fish_options(const HetCliOption *options,
                         const HetCommand *command)
{
    for (const HetCliOption *o = options; o && o->name; o++) {
        g_autofree char *help = fish_quote(o->help);

        if (is_replaced(command, o)) {
            continue;
        }
        fputs("complete -c hetctl -n ", stdout);
        if (command) {
            printf("'__hetctl_is %s'", command->name);
        } else {
            fputs("'not __hetctl_words | string length -q'", stdout);
        }
        printf(" -l %s", o->name);
        if (o->letter) {
            printf(" -s %c", o->letter);
        }
        if (is_valued(o)) {
            fputs(is_file(o) ? " -r -F" : " -x", stdout);
        }
        if (!strcmp(o->name, "format")) {
            g_autofree char *values = g_strdelimit(g_strdup(o->value), "|",
                                                   ' ');

            printf(" -a '%s'", values);
        }
        printf(" -d %s\n", help);
    }
}

static const char *fish_action(const char *word)
{
    return !strcmp(word, "SOC") ? "-a '(hetctl list --all --name 2>/dev/null)'"
           : !strcmp(word, "SLAVE") ? "-a '(__hetctl_processors slave)'"
           : !strcmp(word, "PROCESSOR")
           ? "-a \"(__hetctl_processors 'master|slave')\""
           : !strcmp(word, "NAME") ? "-a '(__hetctl_snapshots)'"
           : !strcmp(word, "FILE|SOC")
           ? "-F -a '(hetctl list --all --name 2>/dev/null)'"
           : strchr(word, '|') && g_ascii_islower(*word) ? NULL : "-F";
}

static void fish_arguments(const HetCommand *command)
{
    g_auto(GStrv) words = g_strsplit(command->args, " ", -1);

    for (guint i = 0; words[i] && *words[i]; i++) {
        g_autofree char *word = bare(words[i]);
        g_autofree char *choice = g_strdelimit(
            g_strdup_printf("-a '%s'", word), "|", ' ');

        printf("complete -c hetctl -n '__hetctl_at %s %u%s' %s\n",
               command->name, i + 1, strstr(words[i], "...") ? " more" : "",
               fish_action(word) ?: choice);
    }
}

static void print_fish(void)
{
    fputs(fish_head, stdout);
    fputs("set -g __hetctl_valued", stdout);
    fish_valued(het_common_options);
    for (gsize i = 0; het_commands[i]; i++) {
        fish_valued(het_commands[i]->options);
    }
    puts("");
    fish_options(het_common_options, NULL);
    for (gsize i = 0; het_commands[i] && !het_commands[i]->is_hidden; i++) {
        const HetCommand *c = het_commands[i];
        g_autofree char *summary = fish_quote(c->summary);

        printf("complete -c hetctl -n 'not __hetctl_words | "
               "string length -q' -a %s -d %s\n", c->name, summary);
        fish_options(c->options, c);
        fish_options(het_common_options, c);
        fish_arguments(c);
    }
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *shell = het_cli_arg(cli, 0);

    if (!strcmp(shell, "zsh")) {
        print_zsh();
    } else if (!strcmp(shell, "fish")) {
        print_fish();
    } else {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "'%s' is neither zsh nor fish", shell);
        return FALSE;
    }
    return TRUE;
}

const HetCommand het_cmd_completion = {
    .name = "completion",
    .args = "zsh|fish",
    .min_args = 1,
    .max_args = 1,
    .summary = "Print what completes hetctl's command lines in a shell",
    .run = run,
    .place = HET_HERE,
};
