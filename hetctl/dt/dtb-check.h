/*
 * Is a device tree that comes from anywhere sound?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DTB_CHECK_H
#define HET_DTB_CHECK_H

#include <glib.h>

/* arm64 Linux takes no larger one. */
#define HET_DTB_MAX 0x200000

/*
 * Afterwards libfdt can read all of it and move it into a larger buffer, in
 * time that grows with its size. Errors: HET_ERROR_FAILED
 */
gboolean het_dtb_check(const void *tree, gsize size, GError **error);

#endif
