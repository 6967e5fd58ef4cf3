/*
 * The memory map of a SoC: what each processor sees, in rows and columns
 *
 * A column is the address space of a processor, upwards from 0; a block is
 * what lies there.  What several processors see (a piece of a memory, an
 * IDM) is cut into the same blocks in each column and stands in the same row,
 * as far as the order of the addresses in all columns allows that; where it
 * does not, the block names the others (@elsewhere).  So rows are in the
 * order of the addresses in each column.  Other blocks have a row of their
 * own, or share it with the same thing at the same address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_MEMMAP_H
#define HET_MEMMAP_H

#include "soc/soc.h"

typedef enum {
    HET_BLOCK_MEMORY,           /* a piece of a <memory> */
    HET_BLOCK_IDM,              /* registers of an <idm> */
    HET_BLOCK_DEVICES,          /* other devices, with nothing in between */
    HET_BLOCK_MACHINE,          /* what QEMU's machine has, in a row */
} HetBlockKind;

const char *het_block_kind_to_string(HetBlockKind kind);

/* A region of a <remoteproc> in a memory; a device; a range of a machine */
typedef struct {
    const char *kind;           /* "region", "remoteproc", "device", "stub",
                                   "machine" */
    char *name;
    const char *type;           /* of a device; else NULL */
    guint64 address;
    guint64 size;               /* 0: only the emulator knows (a device) */
    const GArray *irqs;         /* of a device: guint32; else NULL */
} HetMemmapPart;

typedef struct HetMemmapBlock HetMemmapBlock;

struct HetMemmapBlock {
    const HetProcessor *proc;
    HetBlockKind kind;
    const char *name;           /* of the memory, the IDM, the machine */
    guint64 address;
    guint64 size;
    guint64 offset;             /* of HET_BLOCK_MEMORY: into the memory */
    guint64 memory_size;        /* of HET_BLOCK_MEMORY: the whole of it */
    const GArray *irqs;         /* of HET_BLOCK_IDM: guint32; else NULL */
    guint64 gap;                /* bytes with nothing before it */
    gboolean shared;            /* other processors see it, too */
    guint colour;               /* with @shared: number of memory or IDM */
    guint row;
    GPtrArray *parts;           /* HetMemmapPart */
    GPtrArray *elsewhere;       /* HetMemmapBlock: the same, in other rows */
};

typedef struct {
    const HetProcessor *proc;
    GPtrArray *blocks;          /* HetMemmapBlock, upwards */
} HetMemmapColumn;

typedef struct {
    const HetSoc *soc;
    GPtrArray *columns;         /* HetMemmapColumn, those that are shown */
    GPtrArray *others;          /* HetMemmapColumn, those that are not */
    guint rows;
} HetMemmap;

void het_memmap_free(HetMemmap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetMemmap, het_memmap_free)

/* NULL: the column has nothing in this row */
const HetMemmapBlock *het_memmap_get(const HetMemmap *map, guint column,
                                     guint row);

/* Do they show the same piece of the same memory, or the same IDM? */
gboolean het_memmap_block_same(const HetMemmapBlock *a,
                               const HetMemmapBlock *b);

#endif
