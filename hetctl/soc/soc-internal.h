/*
 * Building a HetSoc: each function adds an element to its owner
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SOC_INTERNAL_H
#define HET_SOC_INTERNAL_H

#include "soc/soc.h"

#define HET_ALIGN_UP(n, align) (((n) + (align) - 1) & ~((guint64)(align) - 1))

/* More than a SoC has, and far from where 64-bit sums wrap. */
#define HET_SOC_MEMORY_MAX (1ULL << 40)

/* Bytes of the register block */
#define HET_REMOTEPROC_MMIO_SIZE 0x1000

/* What the models of an IDM differ in */
typedef struct {
    const char *name;
    guint64 mmio_size;          /* bytes of the register block */
    guint channels_max;
    guint channels_default;
    gboolean channels_fixed;
    guint endpoints_max;
    guint irqs;                 /* of each endpoint */
    const char *irqs_text;
} HetIdmTraits;

const HetIdmTraits *het_idm_traits(HetIdmModel model);
guint64 het_idm_mmio_size(HetIdmModel model);

/*
 * The map of @proc through which it sees the whole @region: of the master the
 * one that gives the region's address if it has one. NULL: there is none.
 */
const HetMap *het_region_find_map(const HetSoc *soc,
                                  const HetProcessor *proc,
                                  const HetRegion *region);
/* Where @map shows the byte @offset of its memory. */
guint64 het_map_translate(const HetMap *map, guint64 offset);

/* Memory that master (@pa) and slave (@da) both see. */
typedef struct {
    guint64 da;
    guint64 pa;
    guint64 size;
} HetTranslation;

/*
 * HetTranslation; the first that holds an address is the one that counts.
 * Where the master's view of a memory has the slave's address, these two
 * views belong together.
 */
GArray *het_soc_get_translations(const HetSoc *soc,
                                 const HetProcessor *slave);

/*
 * As het_soc_parse_string(). @include_folder: where included files are read,
 * NULL: nowhere.
 */
HetSoc *het_soc_parse(const char *xml, gsize len, const char *base,
                      const char *source, const char *include_folder,
                      GError **error);

HetSoc *het_soc_new(void);
HetMemory *het_memory_new(HetSoc *soc);
HetProcessor *het_processor_new(HetSoc *soc, gboolean is_master);
HetOption *het_option_new(HetProcessor *proc);
HetMap *het_map_new(HetProcessor *proc);
HetDevice *het_device_new(HetProcessor *proc);
HetOption *het_device_property_new(HetDevice *device);
HetStub *het_stub_new(HetProcessor *proc);
HetStubRegister *het_stub_register_new(HetStub *stub);
HetIdm *het_idm_new(HetSoc *soc);
HetEndpoint *het_endpoint_new(HetIdm *idm);
HetRemoteproc *het_remoteproc_new(HetSoc *soc);
HetRegion *het_region_new(HetRemoteproc *remoteproc);

#endif
