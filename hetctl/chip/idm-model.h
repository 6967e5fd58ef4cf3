/*
 * The front ends of the IDM: register layouts, as QEMU, the SoC XML and the
 * device tree of Linux name them
 *
 * A new one is a file like idm-stm32-ipcc.c and a row of the table in
 * idm-model.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_IDM_MODEL_H
#define HET_IDM_MODEL_H

#include "chip/dt-nodes.h"

#define HET_IDM_LINES_MAX 4

/* An endpoint at the master, whose device tree it stands in */
typedef struct {
    const char *name;           /* of the <idm> */
    guint64 address;
    const guint32 *irqs;        /* one for each line of the model */
    guint side;                 /* its place among the <endpoint>s: 0, 1 */
} HetIdmBinding;

typedef struct {
    const char *name;           /* in the XML, and the type of QEMU's device */
    guint64 mmio_size;          /* bytes of the register block */
    guint channels_max;
    guint channels_default;
    gboolean channels_fixed;    /* the XML has no channels=, nor the device */
    guint endpoints_max;
    /*
     * QEMU's properties for the interrupts, in the order of irqs=; with a
     * NULL at the end
     */
    const char *lines[HET_IDM_LINES_MAX + 1];
    const char *lines_text;     /* for messages: "2: receive and transmit" */
    gboolean has_side;          /* property processor=: 1 or 2 */
    gboolean no_boot_line;

    /* Its node in the device tree of the master's Linux */
    HetDtNode *(*add_node)(HetDtNodes *dt, const HetIdmBinding *binding);
} HetIdmModel;

/* NULL: there is none */
const HetIdmModel *het_idm_model_find(const char *name);
/* "idm, stm32-ipcc, ..." for messages */
char *het_idm_model_list(void);
/* Lines that the model has */
guint het_idm_model_count_lines(const HetIdmModel *model);

#endif
