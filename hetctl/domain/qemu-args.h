/*
 * What one processor's emulator gets besides what libvirt gives it: machine
 * options, windows, devices
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_QEMU_ARGS_H
#define HET_QEMU_ARGS_H

#include "soc/soc.h"

typedef struct {
    const char *option;         /* "-device" */
    char *value;
    char *what;                 /* it is for: "device 'usart3'" */
    HetXmlLocation at;                /* of that in the XML */
} HetQemuArg;

/* The window that is the machine's RAM; 0: none is. */
guint64 het_qemu_ram_size(const HetSoc *soc, const HetProcessor *proc);

/*
 * HetQemuArg in the order of the command line. @segment_path: the master
 * maps that file; NULL: its windows stay empty, as a slave's.
 * @overlay_path: device tree overlay of the master, NULL: none.
 */
GPtrArray *het_qemu_args(const HetSoc *soc, const HetProcessor *proc,
                         const char *segment_path, const char *overlay_path);

/* QEMU's way to write a comma in a value */
char *het_qemu_escape(const char *value);

#endif
