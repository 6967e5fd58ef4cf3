/*
 * A command line that has been parsed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_COMMAND_INTERNAL_H
#define HET_COMMAND_INTERNAL_H

#include "cli/command.h"

struct HetCli {
    const HetCommand *command;  /* NULL: only global options */
    GHashTable *options;        /* name -> value; "" for a flag */
    GHashTable *lists;          /* name -> GPtrArray of all its values */
    GPtrArray *args;
    virConnectPtr conn;
    int code;                   /* exit code without an error, of another
                                   hetctl that has said its own */
};

#endif
