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

/* Files that there are while the SoC runs or starts */
typedef struct {
    const char *segment;        /* the master maps it; NULL: its windows
                                   stay empty, as a slave's */
    const char *overlay;        /* device tree overlay of the master; used
                                   only if het_overlay_needed() */
    const char *initrd;         /* of a master that has <firmware> */
    const char *kernel;         /* of a master whose kernel is unpacked */
    const char *dtb;            /* of a master that has a <dtb> */
    const char *ticket;         /* it does not start without it */
} HetQemuFiles;

/* HetQemuArg in the order of the command line. Each of @files may be NULL. */
GPtrArray *het_qemu_args(const HetSoc *soc, const HetProcessor *proc,
                         const HetQemuFiles *files);

/*
 * The one variable of the emulators' environment: glibc takes memory in huge
 * pages where the kernel gives them. Half of the time of an emulator's start
 * is page faults of its heap; it costs up to 2 MiB.
 */
#define HET_QEMU_ENV_NAME "GLIBC_TUNABLES"
#define HET_QEMU_ENV_VALUE "glibc.malloc.hugetlb=1"

/* QEMU's way to write a comma in a value */
char *het_qemu_escape(const char *value);

#endif
