/*
 * Ctrl+C and friends during work that must be undone
 *
 * Between catch and release the signal only leaves a mark, which the work
 * asks for between its steps.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_INTERRUPT_H
#define HET_INTERRUPT_H

#include <glib.h>

void het_interrupt_catch(void);
void het_interrupt_release(void);

/* Becomes readable with a signal; valid after the first catch, or -1 */
int het_interrupt_fd(void);

/* TRUE with @error set when a signal came */
gboolean het_interrupted(GError **error);

#endif
