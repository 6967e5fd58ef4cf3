/*
 * How the master's Linux boots a slave: the kernel's remoteproc drivers, and
 * the registers by which they drive the boot line
 *
 * A new one is a file like remoteproc-stm32mp1.c and a row of the table in
 * remoteproc-model.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_REMOTEPROC_MODEL_H
#define HET_REMOTEPROC_MODEL_H

#include "chip/dt-nodes.h"

/* Memory that master (@pa) and slave (@da) both see */
typedef struct {
    guint64 da;
    guint64 pa;
    guint64 size;
} HetTranslation;

typedef struct HetRemoteprocModel HetRemoteprocModel;

/* A <remoteproc>, in the device tree of the master's Linux */
typedef struct {
    const HetRemoteprocModel *model;
    const char *slave;
    guint64 address;            /* of the boot control's registers */
    guint32 irq;
    GArray *translations;       /* HetTranslation; at least one */
    HetDtNode *control;         /* that a board's tree has at @address; or NULL */
    HetDtNode *mailbox;
    guint channels;             /* of the mailbox */
} HetRemoteprocBinding;

struct HetRemoteprocModel {
    const char *name;           /* in the XML */
    const char *device;         /* QEMU's type of the boot control */
    guint64 mmio_size;          /* bytes of its register block */
    gboolean has_no_irq;        /* a crash does not interrupt the master */
    gboolean has_backup;        /* property backup-addr= */
    const char *master_arch;    /* NULL: any that has a GIC */
    const char *mailbox_model;  /* name of the HetIdmModel that it needs */
    guint channels_min;         /* of that */
    const char *first_region;   /* that the driver wants; NULL: any */
    /*
     * Of the core's node, where boards' trees have the boot control without
     * it; NULL: the tree that has the one has the other
     */
    const char *core_compatible;

    /* Node of the core, with all that it needs besides */
    HetDtNode *(*add_core)(HetDtNodes *dt,
                           const HetRemoteprocBinding *binding);
    /* Mailboxes and interrupts of @core; its memory-region is there. */
    void (*add_wires)(HetDtNode *core, const HetRemoteprocBinding *binding);
};

/* NULL: there is none */
const HetRemoteprocModel *het_remoteproc_model_find(const char *name);
/* "stm32mp1, ..." for messages */
char *het_remoteproc_model_list(void);

#endif
