/*
 * libvirt's event loop, with signals
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_LOOP_H
#define HET_LOOP_H

#include <glib.h>

/* Must come before the connection that is to have events. */
gboolean het_loop_init(GError **error);

/*
 * Runs until *@done, which a callback sets, or until @timeout_ms are over;
 * -1: never.  FALSE: a signal came, or the loop failed.  The caller catches
 * signals (het_interrupt_catch()).
 */
gboolean het_loop_run(const gboolean *done, int timeout_ms, GError **error);

#endif
