/*
 * Where events and watch tell what happens: to whom reads it, or to journald
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_EVENT_OUTPUT_H
#define HET_EVENT_OUTPUT_H

#include "cli/command.h"
#include "qmp/event.h"

typedef enum {
    HET_EVENT_LINES,
    HET_EVENT_JSON,
    HET_EVENT_JOURNAL,
} HetEventOutput;

#define HET_EVENT_OPTION_JOURNAL \
    { "journal", 0, HET_OPTION_FLAG, NULL, \
      "to journald, with fields, instead of stdout" }

gboolean het_event_output_choose(HetCli *cli, HetEventOutput *output,
                                 GError **error);
/* FALSE: nobody reads it any more. */
gboolean het_event_output(const HetEvent *event, HetEventOutput output,
                          GError **error);

#endif
