/*
 * Starting a SoC when the host boots: the systemd unit hetctl@SOC.service
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_AUTOSTART_H
#define HET_AUTOSTART_H

#include <glib.h>

/*
 * Enables or disables the unit, for the next boot; also in a root whose systemd
 * does not run.  That it is so already is no error.
 */
gboolean het_autostart_set(const char *soc, gboolean on, GError **error);
gboolean het_autostart_get(const char *soc);

#endif
