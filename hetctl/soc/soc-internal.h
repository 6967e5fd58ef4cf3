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
HetOverlayFile *het_overlay_file_new(HetProcessor *proc);
HetFirmwareFile *het_firmware_file_new(HetProcessor *proc);
HetMap *het_map_new(HetProcessor *proc);
HetDevice *het_device_new(HetProcessor *proc);
HetOption *het_device_property_new(HetDevice *device);
HetStub *het_stub_new(HetProcessor *proc);
HetStubRegister *het_stub_register_new(HetStub *stub);
HetStubFollow *het_stub_follow_new(HetStubRegister *reg);
HetIdm *het_idm_new(HetSoc *soc);
HetEndpoint *het_endpoint_new(HetIdm *idm);
HetRemoteproc *het_remoteproc_new(HetSoc *soc);
HetRegion *het_region_new(HetRemoteproc *remoteproc);

#endif
