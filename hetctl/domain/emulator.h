/*
 * The emulator of a processor: where it is, and whether it is the right one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_EMULATOR_H
#define HET_EMULATOR_H

#include "soc/soc.h"

/* The one that the XML names, else HETCTL_QEMU_DIR or the installed one */
char *het_emulator_path(const HetProcessor *proc);

/* Is it what would be taken if the XML named none? */
gboolean het_emulator_is_default(const HetProcessor *proc);

/* Runs each emulator of @soc to see. Errors: HET_ERROR_EMULATOR */
gboolean het_emulator_check(const HetSoc *soc, GError **error);

#endif
