/*
 * Failures on purpose, for tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_FAULT_H
#define HET_FAULT_H

#include <glib.h>

/*
 * HETCTL_FAULT=kill:STEP ends the process with SIGKILL here, stop:STEP stops it
 * with SIGSTOP, fail:STEP makes it return TRUE with @error set, when @step is
 * that step.
 */
gboolean het_fault(const char *step, GError **error);

/* For a process that undoes what another one has done */
void het_fault_forget(void);

#endif
