/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef COPY_H
#define COPY_H

#include <stdint.h>

/* @size is a multiple of 32. */
void copy_words(uintptr_t to, uintptr_t from, uint32_t size);

#endif
