/*
 * Telling a recorder what hetctl is about to do
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_HOST_NOTE_H
#define HET_HOST_NOTE_H

#include "qmp/qmp.h"

/*
 * The command that this hetctl executes, and its pid.  No error: an emulator
 * that cannot note it does what it is told all the same.
 */
void het_host_note(HetQmp *qmp);

#endif
