/*
 * A subcommand: what it is, and what the user asked it for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_COMMAND_H
#define HET_COMMAND_H

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

typedef enum {
    HET_OPTION_FLAG,
    HET_OPTION_STRING,
    HET_OPTION_NUMBER,
    HET_OPTION_OPTIONAL,        /* --NAME or --NAME=VALUE; "" without */
    HET_OPTION_FILE,            /* that is read */
    HET_OPTION_OUTPUT,          /* a file to be written; "-": stdout */
    HET_OPTION_NAME_FILE,       /* NAME=FILE, which is read */
} HetCliOptionKind;

typedef struct {
    const char *name;           /* NULL ends an array */
    char letter;                /* or 0 */
    HetCliOptionKind kind;
    const char *value;          /* its name in the help */
    const char *help;
} HetCliOption;

/* With a connection over ssh: what another host's hetctl does, and here */
typedef enum {
    HET_THERE,
    HET_THERE_KEYS,             /* it reads what is typed */
    HET_THERE_SENDS,            /* the arguments are SoC XML, which is sent */
    HET_THERE_KEEPS,            /* so, and the files stay there */
    HET_THERE_SOC,              /* only a SoC; a file needs no connection */
    HET_THERE_EACH,             /* of several connections each is asked */
    HET_HERE,                   /* it needs no connection */
} HetPlaceOfWork;

struct HetCommand {
    const char *name;
    const char *args;           /* as in the help, "SOC [SLAVE]" */
    int min_args;
    int max_args;
    const char *summary;
    const HetCliOption *options;    /* go before common ones; or NULL */
    HetCommandFunc *run;
    HetPlaceOfWork place;
    gboolean is_hidden;         /* of no use for people */
};

/* NULL when it is not there */
const char *het_cli_arg(HetCli *cli, guint index);
const char *het_cli_string(HetCli *cli, const char *option);
/* All values of an option that may be given several times */
const char *const *het_cli_strings(HetCli *cli, const char *option);
gboolean het_cli_flag(HetCli *cli, const char *option);
guint het_cli_number(HetCli *cli, const char *option, guint otherwise);

/*
 * --timeout in seconds.  One that was given also limits how long an emulator
 * may take to answer.
 */
guint het_cli_timeout(HetCli *cli, guint otherwise);

HetFormat het_cli_format(HetCli *cli);
gboolean het_cli_quiet(HetCli *cli);

/* What was done, for somebody at a terminal: a script has the exit code */
void het_cli_say(HetCli *cli, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Several connections were given. */
gboolean het_cli_has_several(HetCli *cli);

/* Is an argument of a command for FILE|SOC a file? */
gboolean het_cli_is_file(const char *arg);

/* The connection, opened when first asked for; owned by @cli */
virConnectPtr het_cli_connect(HetCli *cli, GError **error);

#endif
