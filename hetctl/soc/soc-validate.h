/*
 * The parts of het_soc_validate()
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SOC_VALIDATE_H
#define HET_SOC_VALIDATE_H

#include "chip/machine.h"
#include "soc/soc-complain.h"
#include "soc/soc-internal.h"
#include "soc/soc-view.h"
#include "soc/xml.h"

/* A limit, so that checking pairs of them takes no time */
gboolean het_soc_validate_count(const char *kind, guint count, guint max,
                                HetXmlLocation at, GError **error);

/* @seen: names of @kind so far, with their HetXmlLocation. */
gboolean het_soc_validate_unique(const char *kind, GHashTable *seen,
                                 const char *name, const HetXmlLocation *at,
                                 GError **error);

/* At most so many of a kind, where nothing else is said */
#define HET_SOC_COUNT_MAX 64

/* Addresses and interrupts of one processor. */
gboolean het_soc_validate_view(const HetSoc *soc, const HetProcessor *proc,
                               const HetMachine *machine, GError **error);

/* All <device> and <stub> of the processor of @view. */
gboolean het_soc_validate_devices(HetView *view, GError **error);
gboolean het_soc_validate_stub(HetView *view, const HetStub *stub,
                               GError **error);
/* That registers can lie there. @kind, @name: "stub", "rcc" for messages */
gboolean het_soc_validate_address(guint64 address, HetXmlLocation at,
                                  const char *kind, const char *name,
                                  GError **error);

/* All <remoteproc>; processors and IDMs have been validated. */
gboolean het_soc_validate_remoteprocs(const HetSoc *soc, GError **error);

#endif
