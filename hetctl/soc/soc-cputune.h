/*
 * <cputune>: how the host schedules the threads of a processor's emulator, in
 * libvirt's words
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SOC_CPUTUNE_H
#define HET_SOC_CPUTUNE_H

#include "soc/xml.h"

/* <vcpusched vcpus='0' scheduler='fifo' priority='1'/>, <emulatorsched .../> */
typedef struct {
    char *vcpus;                /* NULL: of the emulator */
    char *scheduler;
    guint priority;             /* 0: none given */
    HetXmlLocation at;
} HetCpuSched;

/* <vcpupin vcpu='0' cpuset='2'/>, <emulatorpin cpuset='0-1'/> */
typedef struct {
    gboolean is_vcpu;
    guint vcpu;
    char *cpuset;
    HetXmlLocation at;
} HetCpuPin;

typedef struct {
    guint shares;               /* 0: none given */
    GPtrArray *pins;            /* HetCpuPin */
    GPtrArray *scheds;          /* HetCpuSched */
} HetCputune;

/* @node: <cputune>, as the schema wants it */
HetCputune *het_cputune_parse(const xmlNode *node);

/* What @name, a processor of @vcpus cores, cannot have */
gboolean het_cputune_validate(const HetCputune *tune, const char *name,
                              guint vcpus, GError **error);

/* The same in SoC and domain XML. Nothing without @tune */
void het_cputune_format(GString *out, int level, const HetCputune *tune);

void het_cputune_free(HetCputune *tune);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetCputune, het_cputune_free)

#endif
