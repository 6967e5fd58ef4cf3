/*
 * Giving an emulator what it fills the platform memory with when it uses it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEMAND_GIVE_H
#define HET_DEMAND_GIVE_H

#include "domain/defined.h"
#include "host/segment.h"

/*
 * Before its windows are attached and it has run; nothing where all of the
 * memory is reserved, or to an emulator that has it already.
 */
gboolean het_demand_give(const HetDefined *defined, HetPart *part,
                         const HetSegment *segment, GError **error);

#endif
