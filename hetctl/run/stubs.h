/*
 * What the processors of a SoC accessed that is not modelled
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_STUBS_H
#define HET_STUBS_H

#include <json-glib/json-glib.h>

#include "domain/defined.h"

typedef struct HetStubs HetStubs;

/* Asks each processor that runs. @defined must live as long as the result. */
HetStubs *het_stubs_gather(const HetDefined *defined);
void het_stubs_free(HetStubs *stubs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetStubs, het_stubs_free)

void het_stubs_print_table(const HetStubs *stubs);
void het_stubs_add_json(const HetStubs *stubs, JsonBuilder *b);

#endif
