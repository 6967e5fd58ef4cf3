/*
 * The register blocks of a chip, from a device tree or a CMSIS-SVD file
 *
 * What software finds on a chip is written down there by who knows it. From
 * that comes a fragment of SoC XML with a <stub> for each block, in which a
 * user then replaces by a <device> what he wants to have alive.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_BLOCKS_H
#define HET_BLOCKS_H

#include <glib.h>

/* Bytes of a file */
#define HET_BLOCKS_SIZE_MAX (16 * 1024 * 1024)

typedef struct {
    guint64 offset;             /* into the block, bytes */
    guint32 value;              /* after reset */
    char *name;
} HetBlockRegister;

typedef struct {
    char *name;
    guint64 address;            /* as the processor sees it */
    guint64 size;               /* bytes */
    GPtrArray *notes;           /* char *: what a comment says of it */
    GArray *registers;          /* HetBlockRegister, those that are not 0 */
    char *left_out;             /* why it gets no <stub>; NULL: it gets one */
} HetBlock;

/* What machine 'het-a' has to be told of a chip */
typedef struct {
    guint cores;
    guint64 ram_base;           /* with ram_size, which may not be known: 0 */
    guint64 ram_size;           /* bytes */
    guint gic_version;          /* 0: it is none */
    guint64 gic[2];             /* distributor; CPU interface, or GICv3:
                                   redistributors */
    guint timer_hz;             /* 0: the timer says it itself */
} HetBlocksCluster;

typedef struct {
    char *title;                /* of the board or the chip */
    char *cpu;                  /* QEMU's name, "cortex-m4"; NULL: unknown */
    guint irqs;                 /* of an NVIC; 0: not known */
    guint prio_bits;            /* of an NVIC; 0: not known */
    HetBlocksCluster cluster;   /* of a Cortex-A */
    GPtrArray *blocks;          /* HetBlock, by address */
} HetBlocks;

/*
 * @data: a flattened device tree or an SVD file, from anywhere.  @source: for
 * messages.  Errors: HET_ERROR_XML
 */
HetBlocks *het_blocks_parse(const char *data, gsize len, const char *source,
                            GError **error);
void het_blocks_free(HetBlocks *blocks);

/* A <fragment>, to be included by a <master> or <slave> */
char *het_blocks_format(const HetBlocks *blocks, const char *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetBlocks, het_blocks_free)

#endif
