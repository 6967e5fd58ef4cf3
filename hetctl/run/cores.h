/*
 * What the cores of a processor do: in which fault handler they sit, and what
 * they wait for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CORES_H
#define HET_CORES_H

#include "domain/defined.h"
#include "qmp/qmp.h"

typedef struct {
    GPtrArray *cores;           /* HetCoreInfo */
    GPtrArray *stubs;           /* HetStubInfo */
    char *firmware;             /* an ELF file perhaps, or NULL: not known */
    gboolean is_thumb;          /* that is all it executes */
} HetCores;

/*
 * The file that a core runs as far as hetctl knows: what it has booted, else
 * the XML's; NULL: not known. @slave: of a slave, NULL: the master
 */
char *het_cores_firmware(const HetDefined *defined, const HetPart *part,
                         const HetSlaveInfo *slave);

/*
 * @slave: of a slave, NULL: the master.  An emulator that is too old for it
 * has no cores and no stubs.
 */
HetCores *het_cores_gather(const HetDefined *defined, const HetPart *part,
                           HetQmp *qmp, const HetSlaveInfo *slave,
                           GError **error);
void het_cores_free(HetCores *cores);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetCores, het_cores_free)

#endif
