/*
 * Starting a SoC: all of it, or nothing
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_START_H
#define HET_START_H

#include <libvirt/libvirt.h>

#include "saved/saved.h"
#include "util/output.h"

#define HET_START_STEPS 9

/*
 * A start that was cut before is cleaned up first.  On a failure or a signal
 * all is ended and removed again.  For tests HETCTL_FAULT=ACTION:STEP makes
 * it "fail" or be "kill"ed before a step (segment, files, domains, windows,
 * links, wait, state, resume, mark).
 */
gboolean het_start(virConnectPtr conn, const char *name, guint timeout_s,
                   HetProgress *progress, GError **error);

typedef struct {
    const HetSaved *saved;      /* where a SoC of that XML was; NULL: nothing */
    int image;                  /* file that has its memory, which comes from
                                   there as it is used; -1: none */
    gboolean stay_suspended;
    gboolean is_like_another;   /* but for its name one was defined just now */
} HetStartFrom;

gboolean het_start_from(virConnectPtr conn, const char *name,
                        const HetStartFrom *from, guint timeout_s,
                        HetProgress *progress, GError **error);

#endif
