/*
 * The monitors of emulators that are about to end, held until those are gone
 *
 * When a monitor ends libvirt kills the emulator, and sleeps for 0.2 s if it is
 * not gone by then, which takes it longer than that.  What is held is hidden
 * from libvirt, and ends with this process.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_HOLD_H
#define HET_HOLD_H

#include "domain/defined.h"

typedef struct HetHolds HetHolds;

/*
 * Of all processors that run.  An emulator that cannot be held is ended as
 * ever.
 */
HetHolds *het_holds_take(const HetDefined *defined);
void het_holds_free(HetHolds *holds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetHolds, het_holds_free)

/* Does the emulator know of that, and so of a byte in the pipe of a freeze? */
gboolean het_holds_is_known(const HetHolds *holds, HetPart *part);

/* Waits until it is gone, at most @ms; then libvirt sees the end. */
void het_holds_wait(HetHolds *holds, HetPart *part, guint ms);

#endif
