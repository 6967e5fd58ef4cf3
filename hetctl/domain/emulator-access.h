/*
 * May the user that libvirt runs emulators as use the files of a SoC?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_EMULATOR_ACCESS_H
#define HET_EMULATOR_ACCESS_H

#include "soc/soc.h"

/*
 * As root: can user @uid, group @gid run the emulators and reach the kernels?
 * Errors: HET_ERROR_EMULATOR, with the file or folder that is in the way.
 */
gboolean het_emulator_access_check(const HetSoc *soc, guint uid, guint gid,
                                   GError **error);

#endif
