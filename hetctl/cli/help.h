/*
 * --help, from the table of commands
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_HELP_H
#define HET_HELP_H

#include "cli/commands.h"

void het_help_print(const HetCliOption *global_options);
void het_help_print_command(const HetCommand *command);

#endif
