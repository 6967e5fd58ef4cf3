/*
 * A private folder, which is gone with all that is in it when it is freed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SCRATCH_H
#define HET_SCRATCH_H

#include <glib.h>

typedef struct HetScratch HetScratch;

/* Errors: HET_ERROR_RESOURCE */
HetScratch *het_scratch_new(GError **error);
const char *het_scratch_path(const HetScratch *scratch);
/* The path of @name in it, whether there is such a file or not */
char *het_scratch_file(const HetScratch *scratch, const char *name);
void het_scratch_free(HetScratch *scratch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetScratch, het_scratch_free)

#endif
