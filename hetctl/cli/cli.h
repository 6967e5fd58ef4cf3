/*
 * A command line: what the user asked for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CLI_H
#define HET_CLI_H

#include <glib.h>
#include <libvirt/libvirt.h>

typedef struct HetCli HetCli;
typedef struct HetCommand HetCommand;

/* A subcommand. Prints its result on stdout, never its error. */
typedef gboolean HetCommandFunc(HetCli *cli, GError **error);

typedef enum {
    HET_FORMAT_TABLE,
    HET_FORMAT_JSON,
} HetFormat;

/* Runs the whole program; the exit code */
int het_cli_main(int argc, char **argv);

/* NULL when it is not there */
const char *het_cli_arg(HetCli *cli, guint index);
const char *het_cli_string(HetCli *cli, const char *option);
/* All values of an option that may be given several times */
const char *const *het_cli_strings(HetCli *cli, const char *option);
gboolean het_cli_flag(HetCli *cli, const char *option);
guint het_cli_number(HetCli *cli, const char *option, guint otherwise);

HetFormat het_cli_format(HetCli *cli);
gboolean het_cli_quiet(HetCli *cli);

/* What was done, for somebody at a terminal: a script has the exit code */
void het_cli_say(HetCli *cli, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The connection, opened when first asked for; owned by @cli */
virConnectPtr het_cli_connect(HetCli *cli, GError **error);

#endif
