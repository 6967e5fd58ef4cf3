/*
 * Which bit of what it loads a Thumb instruction's successors test
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_THUMB_BIT_H
#define HET_THUMB_BIT_H

#include <glib.h>

/* @code begins with the load; little-endian.  -1: it cannot be told. */
int het_thumb_tested_bit(const guint8 *code, gsize size);

#endif
