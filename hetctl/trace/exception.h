/*
 * What an exception is called, by its number in a record
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_EXCEPTION_H
#define HET_EXCEPTION_H

#include <glib.h>

/* "interrupt 40", "SVC", "page fault of a load"; never NULL */
char *het_exception_name(guint64 code);
/* Is it an interrupt? */
gboolean het_exception_is_interrupt(guint64 code);
/* M profile, whose handlers have an end: which; 0: of none, thread mode */
gboolean het_exception_is_nested(guint64 code, guint *number);
/* The one before ends with it. */
gboolean het_exception_is_chained(guint64 code);

#endif
