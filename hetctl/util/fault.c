/*
 * Failures on purpose, for tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/fault.h"

#include <signal.h>
#include <string.h>

#include "util/error.h"

#define VARIABLE "HETCTL_FAULT"

gboolean het_fault(const char *step, GError **error)
{
    const char *fault = g_getenv(VARIABLE);
    const char *at = fault ? strchr(fault, ':') : NULL;

    if (!at || strcmp(at + 1, step)) {
        return FALSE;
    }
    if (g_str_has_prefix(fault, "kill:")) {
        raise(SIGKILL);
    }
    if (g_str_has_prefix(fault, "stop:")) {
        raise(SIGSTOP);
        return FALSE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                VARIABLE ": failure before step '%s'", step);
    return TRUE;
}

void het_fault_forget(void)
{
    g_unsetenv(VARIABLE);
}
