/*
 * What a <device> may not be: types and properties that reach the host
 *
 * Of all sysbus devices of QEMU 10.0. tests/system/test-options.py asks the
 * emulators for those that take a text, and fails on one that it does not
 * know.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/device-refusal.h"

const char *het_device_type_refusal(const char *type)
{
    return g_str_has_prefix(type, "vfio-")
           ? "it takes a device away from the host" : NULL;
}

const char *het_device_property_refusal(const char *name)
{
    /* Of uefi-vars-*: where it keeps its variables */
    return g_str_equal(name, "jsonfile") ? "it names a file that is written"
                                         : NULL;
}
