/*
 * What the cores of a processor do, as JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CORE_JSON_H
#define HET_CORE_JSON_H

#include <json-glib/json-glib.h>

#include "run/cores.h"

/* Members "cores" and "polls" of a processor's object */
void het_core_json_add(const HetCores *cores, JsonBuilder *b);

#endif
