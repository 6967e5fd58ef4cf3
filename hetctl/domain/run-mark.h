/*
 * What is kept of a slave while its SoC runs, in libvirt's metadata
 *
 * It ends with the master.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RUN_MARK_H
#define HET_RUN_MARK_H

#include "domain/defined.h"

typedef enum {
    HET_RUN_MARK_RESTARTS,      /* how often its process was started again */
    HET_RUN_MARK_REASON,        /* why the last time */
    HET_RUN_MARK_FIRMWARE,      /* what hetctl booted, a path */
    HET_RUN_MARK_BOOT,          /* which boot of the core that was */
} HetRunMark;

/* NULL: there is none */
char *het_run_mark_get(const HetDefined *defined, const char *slave,
                       HetRunMark what);

/* Sets two at once; all others stay. Nothing in a SoC without a mark. */
void het_run_mark_set(HetDefined *defined, const char *slave,
                      HetRunMark first, const char *first_value,
                      HetRunMark second, const char *second_value);

#endif
