/*
 * QMP of one processor: for the wrappers of its commands
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_QMP_INTERNAL_H
#define HET_QMP_INTERNAL_H

#include "qmp/qmp.h"
#include "qmp/reply.h"

/*
 * Takes @arguments.  Returns what the emulator returned; on an error NULL,
 * with the reason in @r.
 */
JsonNode *het_qmp_execute(HetQmp *qmp, HetReply *r, JsonObject *arguments,
                          int fd);

/* Returns a new item, also when it sets an error in @r. */
typedef gpointer HetQmpParseFunc(HetReply *r, JsonNode *node);

/* Executes a command without arguments that returns a list. */
GPtrArray *het_qmp_query_list(HetQmp *qmp, const char *command,
                              HetQmpParseFunc *parse,
                              GDestroyNotify item_free, GError **error);

#endif
