/*
 * --help, from the table of commands
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/help.h"

#include <stdio.h>
#include <string.h>

static char *option_name(const HetCliOption *o)
{
    if (!o->value) {
        return g_strconcat("--", o->name, NULL);
    }
    return o->kind == HET_OPTION_OPTIONAL
           ? g_strdup_printf("--%s[=%s]", o->name, o->value)
           : g_strdup_printf("--%s %s", o->name, o->value);
}

/* Without those in whose place @command has its own */
static void print_options(const HetCliOption *options,
                          const HetCommand *command)
{
    for (const HetCliOption *o = options; o && o->name; o++) {
        g_autofree char *letter = o->letter ? g_strdup_printf("-%c,",
                                                              o->letter)
                                            : g_strdup("");
        g_autofree char *name = option_name(o);

        if (command && het_command_option(command, o->name,
                                          strlen(o->name), 0) != o) {
            continue;
        }
        printf("  %-3s %-22s %s\n", letter, name, o->help);
    }
}

void het_help_print(const HetCliOption *global_options)
{
    puts("Usage: hetctl [OPTION...] COMMAND [ARGUMENT...]\n"
         "\n"
         "Run heterogeneous systems on a chip: one emulator per processor,\n"
         "one shared memory, managed through libvirt.\n"
         "\n"
         "Commands:");
    for (gsize i = 0; het_commands[i]; i++) {
        if (!het_commands[i]->is_hidden) {
            printf("  %-10s %s\n", het_commands[i]->name,
                   het_commands[i]->summary);
        }
    }
    puts("\nOptions:");
    print_options(het_common_options, NULL);
    print_options(global_options, NULL);
    puts("\n'hetctl COMMAND --help' shows arguments and options of a command.");
}

void het_help_print_command(const HetCommand *command)
{
    printf("Usage: hetctl %s [OPTION...]%s%s\n\n%s.\n\nOptions:\n",
           command->name, *command->args ? " " : "", command->args,
           command->summary);
    print_options(command->options, command);
    print_options(het_common_options, command);
}
