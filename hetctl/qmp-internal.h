/*
 * QMP of one processor: for the wrappers of its commands
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_QMP_INTERNAL_H
#define HET_QMP_INTERNAL_H

#include "qmp.h"
#include "reply.h"

/*
 * Takes @arguments.  Returns what the emulator returned; on an error NULL,
 * with the reason in @r.
 */
JsonNode *het_qmp_execute(HetQmp *qmp, HetReply *r, JsonObject *arguments,
                          int fd);

#endif
