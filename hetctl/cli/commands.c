/*
 * The subcommands of hetctl
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/commands.h"

#include <string.h>

/* A row for each cmd-NAME.c, in the order of the help; hidden ones are last */
#define COMMANDS \
    ROW(define) \
    ROW(undefine) \
    ROW(list) \
    ROW(status) \
    ROW(top) \
    ROW(start) \
    ROW(boot) \
    ROW(shutdown) \
    ROW(cycle) \
    ROW(suspend) \
    ROW(resume) \
    ROW(reboot) \
    ROW(reset) \
    ROW(save) \
    ROW(restore) \
    ROW(managedsave) \
    ROW(snapshot) \
    ROW(clone) \
    ROW(destroy) \
    ROW(autostart) \
    ROW(events) \
    ROW(watch) \
    ROW(console) \
    ROW(logs) \
    ROW(vrings) \
    ROW(trace) \
    ROW(gdb) \
    ROW(validate) \
    ROW(dumpxml) \
    ROW(domxml) \
    ROW(map) \
    ROW(chip) \
    ROW(overlay) \
    ROW(pack) \
    ROW(completion) \
    ROW(remote_exec)

#define ROW(name) extern const HetCommand het_cmd_##name;
COMMANDS
#undef ROW

#define ROW(name) &het_cmd_##name,
const HetCommand *const het_commands[] = { COMMANDS NULL };
#undef ROW

const HetCliOption het_common_options[] = {
    { "connect", 'c', HET_OPTION_STRING, "URI",
      "libvirt connection (default: as virsh)" },
    { "format", 'f', HET_OPTION_STRING, "table|json",
      "how results are printed" },
    { "quiet", 'q', HET_OPTION_FLAG, NULL, "no notes and no progress" },
    { "help", 'h', HET_OPTION_FLAG, NULL, "show this help" },
    { 0 }
};

const HetCommand *het_command_find(const char *name)
{
    for (gsize i = 0; het_commands[i]; i++) {
        if (!strcmp(het_commands[i]->name, name)) {
            return het_commands[i];
        }
    }
    return NULL;
}

static const HetCliOption *find_in(const HetCliOption *options,
                                   const char *name, gsize len, char letter)
{
    for (const HetCliOption *o = options; o && o->name; o++) {
        if (letter ? o->letter == letter
                   : strlen(o->name) == len && !strncmp(o->name, name, len)) {
            return o;
        }
    }
    return NULL;
}

const HetCliOption *het_command_option(const HetCommand *command,
                                       const char *name, gsize len,
                                       char letter)
{
    return find_in(command ? command->options : NULL, name, len, letter) ?:
           find_in(het_common_options, name, len, letter);
}
