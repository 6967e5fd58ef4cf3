/*
 * Commands that take a SoC XML file or a defined SoC, and print a text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SOC_ARGUMENT_H
#define HET_SOC_ARGUMENT_H

#include "cli/command.h"
#include "domain/defined.h"

typedef struct {
    HetSoc *soc;
    HetDefined *defined;        /* NULL: out of a file; else owns @soc */
} HetSocArgument;

void het_soc_argument_clear(HetSocArgument *source);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetSocArgument, het_soc_argument_clear)

/* What names an existing file or looks like a path is a file. */
gboolean het_soc_argument_open(HetSocArgument *source, HetCli *cli,
                               const char *arg, GError **error);

/* The text as it is, or as a JSON object with "name" and "text" */
void het_soc_argument_print(HetCli *cli, const char *name, const char *text);

#endif
