/*
 * A command line that another host's hetctl carries out
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_THERE_H
#define HET_THERE_H

#include "cli/command.h"

/* Is the connection over ssh, and needs the command one? */
gboolean het_cli_is_there(HetCli *cli);
/* TRUE: it has ended with @code, and said its own errors. */
gboolean het_cli_run_there(HetCli *cli, int *code, GError **error);

#endif
