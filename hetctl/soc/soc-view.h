/*
 * What one processor sees: address ranges, interrupt inputs and ids, each of
 * which only one owner has
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SOC_VIEW_H
#define HET_SOC_VIEW_H

#include "chip/machine.h"
#include "soc/soc.h"

typedef struct {
    const HetSoc *soc;
    const HetProcessor *proc;
    const HetMachine *machine;
    GArray *used;               /* HetMachineRange */
    GArray *extents;
    GArray *lines;
    GHashTable *ids;
} HetView;

void het_view_init(HetView *view, const HetSoc *soc,
                   const HetProcessor *proc, const HetMachine *machine);
void het_view_clear(HetView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetView, het_view_clear)

/*
 * FALSE and an error if the machine or what was added before has it.
 * @kind, @name: "stub", "rcc" for messages; @size is not 0.
 */
gboolean het_view_add_extent(HetView *view, guint64 start, guint64 size,
                             HetXmlLocation at, const char *kind,
                             const char *name, GError **error);
gboolean het_view_add_irq(HetView *view, guint32 irq, HetXmlLocation at,
                          const char *kind, const char *name, GError **error);
/* @name as an id in this processor's emulator. */
gboolean het_view_add_id(HetView *view, const char *name, HetXmlLocation at,
                         const char *kind, GError **error);

#endif
