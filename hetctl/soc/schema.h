/*
 * schemas/soc.rng, compiled in
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SCHEMA_H
#define HET_SCHEMA_H

extern const char het_schema_rng[];

#endif
