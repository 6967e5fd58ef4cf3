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

/* A <remoteproc>, in the device tree of the master's Linux */
typedef struct {
    const char *slave;
    guint64 address;            /* of the boot control's registers */
    guint32 irq;
    GArray *translations;       /* HetTranslation; at least one */
    HetDtNode *mailbox;
    guint channels;             /* of the mailbox */
} HetRemoteprocBinding;

typedef struct {
    const char *name;           /* in the XML */
    const char *device;         /* QEMU's type of the boot control */
    guint64 mmio_size;          /* bytes of its register block */
    gboolean has_backup;        /* property backup-addr= */
    const char *mailbox_model;  /* name of the HetIdmModel that it needs */
    guint channels_min;         /* of that */

    /* Node of the core, with all that it needs besides */
    HetDtNode *(*add_core)(HetDtNodes *dt,
                           const HetRemoteprocBinding *binding);
    /* Mailboxes and interrupts of @core; its memory-region is there. */
    void (*add_wires)(HetDtNode *core, const HetRemoteprocBinding *binding);
} HetRemoteprocModel;

/* NULL: there is none */
const HetRemoteprocModel *het_remoteproc_model_find(const char *name);
/* "stm32mp1, ..." for messages */
char *het_remoteproc_model_list(void);

#endif
