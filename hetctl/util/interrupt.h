/*
 * Ctrl+C and friends
 *
 * A signal ends the program at once with an error, as documented.  Between
 * catch and release there is something to undo: there it only leaves a mark,
 * which the work asks for between its steps and while it waits.  They nest; a
 * signal that is not taken is forgotten by the last release.  A hangup
 * that was ignored when the program began stays so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_INTERRUPT_H
#define HET_INTERRUPT_H

#include <glib.h>

/* First thing in main() */
void het_interrupt_init(void);

void het_interrupt_catch(void);
void het_interrupt_release(void);

/* In a thread: signals are the first thread's. */
void het_interrupt_block(void);

/*
 * In between het_interrupted() says no: what is undone, or what has to be
 * finished, is not interrupted itself.  They nest.
 */
void het_interrupt_defer(void);
void het_interrupt_heed(void);

/* Becomes readable with a signal; valid after the first catch, or -1 */
int het_interrupt_fd(void);

/*
 * Runs @func, for whose work a signal is the end that is expected: TRUE then,
 * whatever @func says.
 */
typedef gboolean HetInterruptFunc(gpointer opaque, GError **error);
gboolean het_interrupt_ends(HetInterruptFunc *func, gpointer opaque,
                            GError **error);

/* TRUE with @error set when a signal came */
gboolean het_interrupted(GError **error);

/* Which signal came, and no more of it; 0: none */
int het_interrupt_take(void);

#endif
