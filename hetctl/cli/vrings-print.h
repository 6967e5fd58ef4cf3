/*
 * What vrings prints
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_VRINGS_PRINT_H
#define HET_VRINGS_PRINT_H

#include "run/slave-vrings.h"

void het_vrings_print_table(const HetSlaveVrings *slave);
void het_vrings_print_json(const HetSlaveVrings *slave);

#endif
