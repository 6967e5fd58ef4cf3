/*
 * The parts of het_soc_parse_*()
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SOC_PARSE_H
#define HET_SOC_PARSE_H

#include "soc/soc-internal.h"
#include "soc/xml.h"

typedef struct {
    HetSoc *soc;
    const char *base;           /* folder of the top file's paths */
    GHashTable *paths;          /* of included files, relative to it */
} HetSocParser;

/* All <device> and <stub> below @node */
gboolean het_soc_parse_devices(const HetSocParser *p, HetProcessor *proc,
                               const xmlNode *node, GError **error);

#endif
