/*
 * A firmware that goes into lockup at once: a fault inside HardFault
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fault.h"
#include "startup.h"
#include "trace.h"

int main(void)
{
    trace("lockup: now\n");
    fault_stop();
}
