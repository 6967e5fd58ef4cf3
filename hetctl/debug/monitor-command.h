/*
 * What is typed as "monitor COMMAND": hetctl's own commands, for this SoC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_MONITOR_COMMAND_H
#define HET_DEBUG_MONITOR_COMMAND_H

#include <glib.h>

typedef struct HetMonitorCommand HetMonitorCommand;

/* All that it has said; called once, not if it is freed before. */
typedef void HetMonitorCommandFunc(const char *text, void *opaque);

/*
 * hetctl runs as a process of its own: nobody waits for it in the loop.  NULL:
 * there is no such command, and @answer says which there are.
 */
HetMonitorCommand *het_monitor_command_new(const char *uri, const char *soc,
                                           const char *text, char **answer,
                                           HetMonitorCommandFunc *func,
                                           void *opaque);
void het_monitor_command_free(HetMonitorCommand *command);

#endif
