/*
 * The subcommands of hetctl: one row each
 *
 * Help, argument checks, man page test and completion all come from this
 * table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_COMMANDS_H
#define HET_COMMANDS_H

#include "cli/cli.h"

typedef enum {
    HET_OPTION_FLAG,
    HET_OPTION_STRING,
    HET_OPTION_NUMBER,
} HetCliOptionKind;

typedef struct {
    const char *name;           /* NULL ends an array */
    char letter;                /* or 0 */
    HetCliOptionKind kind;
    const char *value;          /* its name in the help */
    const char *help;
} HetCliOption;

typedef struct HetCommand {
    const char *name;
    const char *args;           /* as in the help, "SOC [SLAVE]" */
    int min_args;
    int max_args;
    const char *summary;
    const HetCliOption *options;    /* go before common ones; or NULL */
    HetCommandFunc *run;
} HetCommand;

/* Ends with a row without a name; in the order of the help */
extern const HetCommand het_commands[];

/* Before and after every command's name */
extern const HetCliOption het_common_options[];

const HetCommand *het_command_find(const char *name);
/* Of @command, which may be NULL, or of all; NULL: there is none */
const HetCliOption *het_command_option(const HetCommand *command,
                                       const char *name, gsize len,
                                       char letter);

HetCommandFunc het_cmd_boot;
HetCommandFunc het_cmd_console;
HetCommandFunc het_cmd_cycle;
HetCommandFunc het_cmd_define;
HetCommandFunc het_cmd_destroy;
HetCommandFunc het_cmd_domxml;
HetCommandFunc het_cmd_dumpxml;
HetCommandFunc het_cmd_events;
HetCommandFunc het_cmd_list;
HetCommandFunc het_cmd_map;
HetCommandFunc het_cmd_overlay;
HetCommandFunc het_cmd_pack;
HetCommandFunc het_cmd_reboot;
HetCommandFunc het_cmd_reset;
HetCommandFunc het_cmd_resume;
HetCommandFunc het_cmd_shutdown;
HetCommandFunc het_cmd_start;
HetCommandFunc het_cmd_status;
HetCommandFunc het_cmd_suspend;
HetCommandFunc het_cmd_undefine;
HetCommandFunc het_cmd_validate;
HetCommandFunc het_cmd_watch;

#endif
