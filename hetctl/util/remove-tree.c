/*
 * Removing a folder with all that is in it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/remove-tree.h"

#include <ftw.h>
#include <stdio.h>

#define FDS 16

static int remove_one(const char *path, const struct stat *st, int flag,
                      struct FTW *ftw)
{
    remove(path);
    return 0;
}

void het_remove_tree(const char *path)
{
    nftw(path, remove_one, FDS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
