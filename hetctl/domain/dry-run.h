/*
 * What only the emulator knows of <device>s: types, properties, sizes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DRY_RUN_H
#define HET_DRY_RUN_H

#include "soc/soc.h"

typedef enum {
    /* Also run the <emulator> that the XML names: its author is trusted. */
    HET_DRY_RUN_OWN_EMULATOR = 1 << 0,
} HetDryRunFlags;

/*
 * For each processor of @soc, which is valid, that has devices: starts its
 * emulator with all that it would get, and ends it before its core runs.
 * @untried (may be NULL): a processor whose emulator is not there, or NULL.
 * Errors: HET_ERROR_XML for what it refuses, with the place.
 */
gboolean het_dry_run(const HetSoc *soc, HetDryRunFlags flags,
                     const HetProcessor **untried, GError **error);

/*
 * HET_ERROR_XML for what the emulator of @proc said before it gave up:
 * about one of @args (HetQemuArg), or else about the processor.
 */
void het_dry_run_explain(const HetProcessor *proc, GPtrArray *args,
                         const char *output, GError **error);

#endif
