/*
 * The libvirt domain XML of one processor of a SoC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DOMXML_H
#define HET_DOMXML_H

#include "domain/qemu-args.h"

typedef struct {
    HetQemuFiles files;
    const char *emulator;       /* when the XML names none */
    const char *uuid;           /* of the domain; NULL: libvirt makes one */
    const char *log_folder;     /* of libvirt's; NULL: consoles have no logs */
    const char *owner;          /* uid of who defines it; NULL: not said */
    /* Security models for which the domain gets <seclabel type='none'>. */
    const char *const *seclabel_none;
    /* "+0:+0": user and group of the emulator process; NULL: the default */
    const char *dac_label;
} HetDomxmlParams;

/*
 * @soc must be valid. The master's domain carries the whole SoC XML in its
 * metadata, a slave's the names of SoC and master.
 */
char *het_domxml_format(const HetSoc *soc, const HetProcessor *proc,
                        const HetDomxmlParams *params);

/* Base name of the emulator for @arch, "qemu-system-arm"; NULL if unknown. */
const char *het_domxml_emulator_name(const char *arch);

#endif
