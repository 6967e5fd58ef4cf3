/*
 * launch.json of VS Code, for its extensions cppdbg and cortex-debug
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_VSCODE_H
#define HET_DEBUG_VSCODE_H

#include <glib.h>
#include <json-glib/json-glib.h>

typedef struct {
    const char *soc;
    const char *uri;            /* of libvirt, or NULL */
    const char *debugger;       /* the command */
    const GPtrArray *inferiors; /* HetGdbInferior */
} HetVscode;

void het_vscode_add_json(const HetVscode *v, JsonBuilder *b);

/* The server that a cortex-debug configuration of @number, from 1, needs */
char *het_vscode_server(const HetVscode *v, guint number);

#endif
