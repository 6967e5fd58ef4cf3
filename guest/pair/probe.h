/*
 * Accesses that may fault
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PROBE_H
#define PROBE_H

#include "fault.h"

struct fault probe_load(uint32_t addr, uint32_t size, uint32_t *value);
struct fault probe_store(uint32_t addr, uint32_t size, uint32_t value);
struct fault probe_fetch(uint32_t addr);

#endif
