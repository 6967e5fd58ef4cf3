/*
 * One debugger for all processors of a SoC
 *
 * Towards GDB it is one stub with a process for each processor and a thread for
 * each of its cores.  All halt together: the first that stops halts the others,
 * and GDB hears of it when the last one has halted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_MUX_H
#define HET_DEBUG_MUX_H

#include "debug/target.h"

typedef struct HetMux HetMux;

typedef struct {
    gboolean is_single;         /* one processor: see het_mux_new() */
    gboolean stops_at_boot;     /* each boot of what GDB has attached */
} HetMuxOptions;

typedef struct {
    /* "monitor COMMAND": het_mux_answer_monitor() is called, now or later. */
    void (*monitor)(const char *command, void *opaque);
    /*
     * GDB attaches the processor at @index, whose emulator had ended:
     * het_mux_replace() is called, later.
     */
    void (*reopen)(guint index, void *opaque);
    /*
     * The emulator of the processor at @index has ended.  TRUE: it may be
     * started again, and het_mux_replace() is called, later.
     */
    gboolean (*left)(guint index, void *opaque);
    /* GDB has gone, or has let go of all processors */
    void (*ended)(void *opaque);
} HetMuxFuncs;

/*
 * @targets: HetTarget, open and halted; the process of a target is its place,
 * from 1.  They halt and go along until GDB attaches them, by "attach N".  The
 * first is attached at once for "target remote", and for "target
 * extended-remote" if it is the only one: GDB (13) stops without a word at
 * breakpoints of what it has not attached by command.
 */
HetMux *het_mux_new(GPtrArray *targets, const HetMuxOptions *options,
                    const HetMuxFuncs *funcs, void *opaque);
void het_mux_free(HetMux *mux);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetMux, het_mux_free)

/* GDB's end; takes @fd. */
void het_mux_serve(HetMux *mux, int fd);

/* Nothing happens when GDB waits for no answer. */
void het_mux_answer_monitor(HetMux *mux, const char *text);

/*
 * The emulator at @index was started again; @target NULL: it was not, or never
 * will be.  A processor that GDB had attached when its emulator ended stays so:
 * meanwhile it is like a core in reset, and its breakpoints are put in again.
 */
void het_mux_replace(HetMux *mux, guint index, HetTarget *target);

/* Answers "monitor", now or later, with how far apart the processors halt. */
void het_mux_tell_skew(HetMux *mux);

#endif
