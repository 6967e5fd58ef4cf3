/*
 * What the consoles of a SoC say, as events of a trace
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CONSOLE_LINES_H
#define HET_CONSOLE_LINES_H

#include "run/recordings.h"

typedef struct HetConsoleLines HetConsoleLines;

/*
 * From now on.  A console without a log says nothing; @problems gets texts
 * (char *) of those that cannot be read.
 */
HetConsoleLines *het_console_lines_new(const HetRecordings *recordings,
                                       GPtrArray *problems);
void het_console_lines_free(HetConsoleLines *lines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetConsoleLines, het_console_lines_free)

/* Adds the lines that have ended since the last time, with the time of now. */
gboolean het_console_lines_poll(HetConsoleLines *lines, HetTrace *trace,
                                GError **error);

#endif
