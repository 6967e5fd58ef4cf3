/*
 * A private folder, which is gone with all that is in it when it is freed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/scratch.h"

#include "util/error.h"
#include "util/remove-tree.h"

struct HetScratch {
    char *path;
};

HetScratch *het_scratch_new(GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *path = g_dir_make_tmp("hetctl-XXXXXX", &cause);
    HetScratch *scratch;

    if (!path) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot make a temporary folder: %s", cause->message);
        return NULL;
    }
    scratch = g_new0(HetScratch, 1);
    scratch->path = g_steal_pointer(&path);
    return scratch;
}

const char *het_scratch_path(const HetScratch *scratch)
{
    return scratch->path;
}

char *het_scratch_file(const HetScratch *scratch, const char *name)
{
    return g_build_filename(scratch->path, name, NULL);
}

void het_scratch_free(HetScratch *scratch)
{
    if (scratch) {
        het_remove_tree(scratch->path);
        g_free(scratch->path);
        g_free(scratch);
    }
}
