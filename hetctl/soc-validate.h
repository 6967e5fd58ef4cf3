/*
 * The parts of het_soc_validate()
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SOC_VALIDATE_H
#define HET_SOC_VALIDATE_H

#include "machine.h"
#include "soc-internal.h"
#include "xml.h"

#define X64 "0x%" G_GINT64_MODIFIER "x"

#define FAIL(soc, line, ...) \
    het_xml_error(error, (soc)->source, line, __VA_ARGS__)

/* At most 64 of a kind, so that checking pairs of them takes no time. */
gboolean het_soc_validate_count(const HetSoc *soc, const char *kind,
                                guint count, int line, GError **error);

/* @seen: names of @kind so far, with their lines. */
gboolean het_soc_validate_unique(const HetSoc *soc, const char *kind,
                                 GHashTable *seen, const char *name,
                                 int line, GError **error);

/* Addresses and interrupts of one processor. */
gboolean het_soc_validate_view(const HetSoc *soc, const HetProcessor *proc,
                               const HetMachine *machine, GError **error);

/* All <remoteproc>; processors and IDMs have been validated. */
gboolean het_soc_validate_remoteprocs(const HetSoc *soc, GError **error);

#endif
