/*
 * What a <device> may not be: types and properties that reach the host
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEVICE_REFUSAL_H
#define HET_DEVICE_REFUSAL_H

#include <glib.h>

/* Why not, for the end of a message; NULL: it may. */
const char *het_device_type_refusal(const char *type);
const char *het_device_property_refusal(const char *name);

#endif
