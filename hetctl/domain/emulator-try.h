/*
 * Running an emulator for what it says, without a guest
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_EMULATOR_TRY_H
#define HET_EMULATOR_TRY_H

#include "util/probe.h"

/*
 * Runs @argv, an emulator and its arguments (no NULL at the end), as
 * het_probe_run() does. It has no network and no display, reads no
 * configuration, starts no program, and works in @folder.
 */
gboolean het_emulator_try(HetProbe *probe, const GPtrArray *argv,
                          const char *input, const HetScratch *folder,
                          guint timeout_ms, GError **error);

#endif
