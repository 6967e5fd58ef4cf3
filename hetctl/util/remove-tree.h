/*
 * Removing a folder with all that is in it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_REMOVE_TREE_H
#define HET_REMOVE_TREE_H

/* Links are removed, not followed, and no other file system is entered. */
void het_remove_tree(const char *path);

#endif
