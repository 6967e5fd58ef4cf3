/*
 * What the processors of a SoC do
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_STATUS_H
#define HET_STATUS_H

#include <json-glib/json-glib.h>

#include "domain/defined.h"
#include "qmp/qmp.h"
#include "run/cores.h"

typedef struct {
    const HetPart *part;
    guint64 pid;                /* 0: not known */
    gboolean has_cpu_time;
    guint64 cpu_ns;             /* that its emulator has used */
    gboolean is_transient;      /* undefined: it is gone when it ends */
    gboolean is_saved;          /* 'virsh managedsave' has kept an image */
    gboolean is_autostart;      /* 'virsh autostart' is set: of no use */
    HetSlaveInfo *slave;        /* NULL: the master, or not known */
    guint restarts;             /* of its process, by hetctl watch */
    char *restart_reason;       /* of the last one, or NULL */
    GPtrArray *idms;            /* HetIdmInfo; NULL: not known */
    HetCores *cores;            /* NULL: not known */
    HetDebugger debugger;
    char *error;                /* why something is not known, or NULL */
    gboolean has_no_memory;     /* it is suspended, the host had none left */
    const char *ended;          /* how its emulator did, unasked, or NULL */
} HetPartStatus;

typedef struct {
    const HetDefined *defined;
    GPtrArray *parts;           /* HetPartStatus */
    char *memory_error;         /* what is wrong with the segment, or NULL */
    gboolean has_recorders;     /* 'hetctl trace --last' has something */
} HetStatus;

/* @defined must live as long as the result. */
HetStatus *het_status_gather(const HetDefined *defined);
void het_status_free(HetStatus *status);

void het_status_print_table(const HetStatus *status);
/* status --core */
void het_status_print_cores(const HetStatus *status);
void het_status_add_json(const HetStatus *status, JsonBuilder *builder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetStatus, het_status_free)

#endif
