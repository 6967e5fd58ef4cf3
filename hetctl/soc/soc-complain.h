/*
 * Short forms for functions that check a SoC and say what is wrong
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SOC_COMPLAIN_H
#define HET_SOC_COMPLAIN_H

#include "soc/xml-location.h"

/* A guint64 in messages */
#define X64 "0x%" G_GINT64_MODIFIER "x"

/* Returns FALSE with @error, a parameter of the function that uses it. */
#define FAIL(at, ...) het_xml_location_fail(error, at, __VA_ARGS__)

#endif
