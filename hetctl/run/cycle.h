/*
 * Booting a slave and shutting it down, many times
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CYCLE_H
#define HET_CYCLE_H

#include <json-glib/json-glib.h>
#include <libvirt/libvirt.h>

#include "util/progress-bar.h"

typedef struct {
    const char *const *firmwares;   /* ELF files in turn; may be empty */
    const char *const *answers;     /* ADDRESS=VALUE, one for each, or one */
    guint count;                /* 0: until it fails or a signal comes */
    gboolean until_fail;
    guint timeout_ms;           /* for the core to run and to answer */
} HetCycleOptions;

typedef struct {
    guint ok;
    guint failed;
    double seconds;
    GArray *times;              /* double, milliseconds of the good ones */
    GHashTable *reasons;        /* why others failed -> how often */
    char *first;                /* the first failure, or NULL */
} HetCycleResult;

HetCycleResult *het_cycle_result_new(void);
void het_cycle_result_free(HetCycleResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetCycleResult, het_cycle_result_free)

/*
 * A cycle that fails is counted; FALSE: no cycle can work any more, or a
 * signal came.  @result holds in both cases what was done until then.  The
 * SoC's lock is held during each cycle, not between them.
 */
gboolean het_cycle(virConnectPtr conn, const char *soc, const char *slave,
                   const HetCycleOptions *options, HetProgressBar *bar,
                   HetCycleResult *result, GError **error);

void het_cycle_print_table(HetCycleResult *result);
void het_cycle_print_json(HetCycleResult *result);

#endif
