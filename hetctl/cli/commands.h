/*
 * The subcommands of hetctl
 *
 * Help, argument checks, man page test and completion all come from them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_COMMANDS_H
#define HET_COMMANDS_H

#include "cli/command.h"

/* Ends with NULL; in the order of the help */
extern const HetCommand *const het_commands[];

/* Before and after every command's name */
extern const HetCliOption het_common_options[];

const HetCommand *het_command_find(const char *name);
/* Of @command, which may be NULL, or of all; NULL: there is none */
const HetCliOption *het_command_option(const HetCommand *command,
                                       const char *name, gsize len,
                                       char letter);

#endif
