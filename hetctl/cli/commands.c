/*
 * The subcommands of hetctl: one row each
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/commands.h"

#include <string.h>

const HetCliOption het_common_options[] = {
    { "connect", 'c', HET_OPTION_STRING, "URI",
      "libvirt connection (default: as virsh)" },
    { "format", 'f', HET_OPTION_STRING, "table|json",
      "how results are printed" },
    { "quiet", 'q', HET_OPTION_FLAG, NULL, "no notes and no progress" },
    { "help", 'h', HET_OPTION_FLAG, NULL, "show this help" },
    { 0 }
};

static const HetCliOption boot_options[] = {
    { "firmware", 0, HET_OPTION_STRING, "FILE",
      "load this file first, in place of the XML's <kernel>" },
    { "wait", 0, HET_OPTION_FLAG, NULL, "until the core runs" },
    { "timeout", 0, HET_OPTION_NUMBER, "SECONDS",
      "how long --wait waits (default: 10)" },
    { 0 }
};

static const HetCliOption cycle_options[] = {
    { "count", 'n', HET_OPTION_NUMBER, "N",
      "how many cycles (default: 100; with --until-fail: no end)" },
    { "firmware", 0, HET_OPTION_STRING, "FILE",
      "load this ELF file before each boot; several take turns" },
    { "answer", 0, HET_OPTION_STRING, "ADDRESS=VALUE",
      "a word that the firmware sets; one for each --firmware" },
    { "until-fail", 0, HET_OPTION_FLAG, NULL,
      "end with the first cycle that fails" },
    { "timeout", 0, HET_OPTION_NUMBER, "MILLISECONDS",
      "how long a boot may take (default: 1000)" },
    { 0 }
};

static const HetCliOption define_options[] = {
    { "run-as", 0, HET_OPTION_STRING, "UID:GID",
      "user of the emulators (root only; default: libvirt's)" },
    { 0 }
};

static const HetCliOption events_options[] = {
    { "count", 'n', HET_OPTION_NUMBER, "N",
      "end after so many events (default: no end)" },
    { 0 }
};

static const HetCliOption list_options[] = {
    { "all", 'a', HET_OPTION_FLAG, NULL, "also SoCs that are shut off" },
    { "name", 0, HET_OPTION_FLAG, NULL, "names only" },
    { 0 }
};

static const HetCliOption map_options[] = {
    { "format", 'f', HET_OPTION_STRING, "text|svg|json",
      "as text, as a picture, or for programs" },
    { 0 }
};

static const HetCliOption overlay_options[] = {
    { "output", 'o', HET_OPTION_STRING, "FILE",
      "write the binary overlay there ('-': to standard output)" },
    { 0 }
};

static const HetCliOption pack_options[] = {
    { "output", 'o', HET_OPTION_STRING, "FILE", "the ELF file to write" },
    { "firmware", 0, HET_OPTION_STRING, "FILE",
      "in place of the XML's <kernel>" },
    { 0 }
};

static const HetCliOption reboot_options[] = {
    { "timeout", 0, HET_OPTION_NUMBER, "SECONDS",
      "how long the master may take until it is reset (default: 60)" },
    { 0 }
};

static const HetCliOption shutdown_options[] = {
    { "timeout", 0, HET_OPTION_NUMBER, "SECONDS",
      "how long the master may take (default: 60)" },
    { 0 }
};

static const HetCliOption start_options[] = {
    { "timeout", 0, HET_OPTION_NUMBER, "SECONDS",
      "how long the links may take (default: 10)" },
    { 0 }
};

static const HetCliOption status_options[] = {
    { "stubs", 0, HET_OPTION_FLAG, NULL,
      "what was accessed that is a stub, or nothing at all" },
    { 0 }
};

const HetCommand het_commands[] = {
    { "define", "FILE", 1, 1,
      "Define a SoC: check its XML, define a domain per processor",
      define_options, het_cmd_define },
    { "undefine", "SOC", 1, 1,
      "Undefine the domains of a SoC that is shut off",
      NULL, het_cmd_undefine },
    { "list", "", 0, 0,
      "List the SoCs that run (--all: that are defined)",
      list_options, het_cmd_list },
    { "status", "[SOC]", 0, 1,
      "Show processors, core states, windows and links",
      status_options, het_cmd_status },
    { "start", "SOC [SLAVE]", 1, 2,
      "Start a SoC, all or nothing, or the process of one slave",
      start_options, het_cmd_start },
    { "boot", "SOC SLAVE", 2, 2,
      "Release a slave's core from reset",
      boot_options, het_cmd_boot },
    { "shutdown", "SOC [SLAVE]", 1, 2,
      "Shut a SoC down, or put a slave's core back into reset",
      shutdown_options, het_cmd_shutdown },
    { "cycle", "SOC SLAVE", 2, 2,
      "Boot a slave and shut it down, many times",
      cycle_options, het_cmd_cycle },
    { "suspend", "SOC", 1, 1,
      "Suspend all processors of a SoC",
      NULL, het_cmd_suspend },
    { "resume", "SOC", 1, 1,
      "Resume the processors of a SoC that is suspended",
      NULL, het_cmd_resume },
    { "reboot", "SOC", 1, 1,
      "Reboot a SoC by its master's software, else by a reset",
      reboot_options, het_cmd_reboot },
    { "reset", "SOC [SLAVE]", 1, 2,
      "Reset a SoC, or put a slave's core into reset from any state",
      NULL, het_cmd_reset },
    { "destroy", "SOC [SLAVE]", 1, 2,
      "End a SoC, or the process of a slave, at once; clean up",
      NULL, het_cmd_destroy },
    { "events", "SOC", 1, 1,
      "Print what happens in a SoC, a line each, until Ctrl+C",
      events_options, het_cmd_events },
    { "watch", "SOC", 1, 1,
      "Serve boot requests, restart slaves and connect links, until Ctrl+C",
      NULL, het_cmd_watch },
    { "console", "SOC PROCESSOR", 2, 2,
      "Connect to the console of a processor",
      NULL, het_cmd_console },
    { "validate", "FILE", 1, 1,
      "Check a SoC XML file",
      NULL, het_cmd_validate },
    { "dumpxml", "SOC", 1, 1,
      "Print the SoC XML of a defined SoC",
      NULL, het_cmd_dumpxml },
    { "domxml", "FILE|SOC [PROCESSOR]", 1, 2,
      "Print the domain XML that a SoC's processors get",
      NULL, het_cmd_domxml },
    { "map", "FILE|SOC [PROCESSOR]", 1, 2,
      "Print the memory map as each processor sees it, side by side",
      map_options, het_cmd_map },
    { "overlay", "FILE|SOC", 1, 1,
      "Print the device tree overlay that the master gets",
      overlay_options, het_cmd_overlay },
    { "pack", "FILE|SOC SLAVE", 2, 2,
      "Write what a slave boots from as one ELF file, for remoteproc",
      pack_options, het_cmd_pack },
    { 0 }
};

const HetCommand *het_command_find(const char *name)
{
    for (const HetCommand *c = het_commands; c->name; c++) {
        if (!strcmp(c->name, name)) {
            return c;
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
