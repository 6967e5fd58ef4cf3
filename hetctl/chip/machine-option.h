/*
 * Which properties of QEMU's machines an <option> may set
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_MACHINE_OPTION_H
#define HET_MACHINE_OPTION_H

#include "chip/machine.h"

/*
 * NULL: @machine takes @name. Else why not, for the end of a message. A
 * property that names a file, or that says again what another element says,
 * is none, whatever the machine's row has.
 */
char *het_machine_option_refusal(const HetMachine *machine, const char *name);

#endif
