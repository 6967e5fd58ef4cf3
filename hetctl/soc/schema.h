/*
 * The schema of SoC XML: schemas/soc.rng, compiled in
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SCHEMA_H
#define HET_SCHEMA_H

#include "soc/xml.h"

extern const char het_schema_rng[];

/* Checks @doc against the Relax NG schema @rng. */
gboolean het_schema_check(xmlDoc *doc, const char *rng, GError **error);

#endif
