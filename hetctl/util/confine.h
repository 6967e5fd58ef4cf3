/*
 * Keeping a program that may do anything from changing files
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CONFINE_H
#define HET_CONFINE_H

#include <glib.h>

/*
 * A descriptor for het_confine_enter(): what enters may write files, make and
 * remove them only below @folder, open no TCP connection, and signal nobody
 * else, as far as the kernel's version of Landlock goes. -1: this
 * kernel has no Landlock, or the folder is not there.
 */
int het_confine_new(const char *folder);

/*
 * In a child between fork and exec: it, and what it starts, is confined for
 * good. FALSE: it is not.
 */
gboolean het_confine_enter(int confine);

#endif
