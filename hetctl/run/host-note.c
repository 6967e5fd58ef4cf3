/*
 * Telling a recorder what hetctl is about to do
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/host-note.h"

#include <unistd.h>

void het_host_note(HetQmp *qmp)
{
    const char *what = g_get_application_name();

    het_qmp_recorder_note(qmp, what ?: "hetctl", getpid(), NULL);
}
