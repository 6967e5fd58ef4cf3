/*
 * What is wrong with the cores of a processor, in words
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CORE_NOTE_H
#define HET_CORE_NOTE_H

#include "run/cores.h"

/* So many reads of one register are a loop that waits for it. */
#define HET_POLL_READS 1000000

/* "0x10000042 (uart_init+0x6)" */
char *het_core_note_place(const HetCores *cores, guint64 pc);

/* "HardFault at PC 0x10000042 (uart_init+0x6): precise data bus error, ..." */
char *het_core_note_fault(const HetCores *cores, const HetCoreFault *fault);

/*
 * What a fault may come from: the first access to nothing, or else the first
 * one to a stub.  NULL: there was none.
 */
const HetStubAccess *het_core_note_first(const HetCores *cores,
                                         const HetStubInfo **stub);

/* "rcc+0x20", or the address where nothing is */
char *het_core_note_register(const HetStubInfo *stub,
                             const HetStubAccess *access);

/* The bit that a loop with @access seems to wait for; -1: it cannot be told */
int het_core_note_bit(const HetCores *cores, const HetStubAccess *access);

/* Appends, of all cores, faults that last, and registers that are polled. */
void het_core_note_add(const HetCores *cores, GPtrArray *texts);

#endif
