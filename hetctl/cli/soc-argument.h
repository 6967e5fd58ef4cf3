/*
 * Commands that take a SoC XML file or a defined SoC, and print a text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SOURCE_H
#define HET_SOURCE_H

#include "cli/cli.h"
#include "domain/defined.h"

typedef struct {
    HetSoc *soc;
    HetDefined *defined;        /* NULL: out of a file; else owns @soc */
} HetSource;

void het_source_clear(HetSource *source);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetSource, het_source_clear)

/* What names an existing file or looks like a path is a file. */
gboolean het_source_open(HetSource *source, HetCli *cli, const char *arg,
                         GError **error);

/* The text as it is, or as a JSON object with "name" and "text" */
void het_source_print(HetCli *cli, const char *name, const char *text);

#endif
