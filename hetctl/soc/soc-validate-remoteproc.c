/*
 * <remoteproc>: what the master's Linux needs to boot a slave
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/soc-layout.h"
#include "soc/soc-validate.h"

#define FOUR_GIB 0x100000000ULL

/* Linux puts addresses of this pool into the vrings as they are. */
static gboolean is_buffer(const HetRegion *region)
{
    return g_str_has_prefix(region->name, "vdev") &&
           g_str_has_suffix(region->name, "buffer");
}

static gboolean slave_sees_at(const HetSoc *soc, const HetProcessor *slave,
                              const HetRegion *region, guint64 address)
{
    for (guint i = 0; i < slave->maps->len; i++) {
        const HetMap *map = slave->maps->pdata[i];
        guint64 size = het_soc_map_size(soc, map);

        if (g_str_equal(map->memory, region->memory) &&
            region->offset >= map->offset &&
            region->offset - map->offset < size &&
            het_map_translate(map, region->offset) == address) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean check_region_place(const HetSoc *soc,
                                   const HetProcessor *slave,
                                   const HetRegion *r, GError **error)
{
    const HetMap *map = het_region_find_map(soc, soc->master, r);
    guint64 address;

    if (!map) {
        return FAIL(r->at, "region '%s': no map of master '%s' shows "
                    X64 " bytes of '%s' from offset " X64 "%s", r->name,
                    soc->master->name, r->size, r->memory, r->offset,
                    r->has_address ? " at the region's address" : "");
    }
    if (!het_region_find_map(soc, slave, r)) {
        return FAIL(r->at, "region '%s': no map of slave '%s' shows "
                    X64 " bytes of '%s' from offset " X64, r->name,
                    slave->name, r->size, r->memory, r->offset);
    }
    address = het_map_translate(map, r->offset);
    if (address + r->size > FOUR_GIB) {
        return FAIL(r->at, "region '%s' at " X64 " of master '%s' is "
                    "not below 4 GiB", r->name, address, soc->master->name);
    }
    if (is_buffer(r) && !slave_sees_at(soc, slave, r, address)) {
        return FAIL(r->at, "region '%s' at " X64 " of master '%s' "
                    "must be at the same address of slave '%s', as the "
                    "vrings hold the master's addresses", r->name, address,
                    soc->master->name, slave->name);
    }
    return TRUE;
}

static gboolean check_region(const HetSoc *soc, const HetProcessor *slave,
                             const HetRegion *r, GError **error)
{
    if (!het_soc_find_memory(soc, r->memory)) {
        return FAIL(r->at, "region '%s' of unknown memory '%s'",
                    r->name, r->memory);
    }
    if (!r->size || (r->offset | r->size) % HET_SOC_PAGE_SIZE) {
        return FAIL(r->at, "region '%s': offset " X64 " and size "
                    X64 " must be multiples of the page size 0x%x, and the "
                    "size not 0", r->name, r->offset, r->size,
                    HET_SOC_PAGE_SIZE);
    }
    return check_region_place(soc, slave, r, error);
}

/* No two regions at one address of the master. */
static gboolean check_region_pair(const HetSoc *soc, const HetRegion *r,
                                  const HetRegion *o, GError **error)
{
    guint64 at = het_map_translate(
        het_region_find_map(soc, soc->master, r), r->offset);
    guint64 other = het_map_translate(
        het_region_find_map(soc, soc->master, o), o->offset);

    if (at < other + o->size && other < at + r->size) {
        g_autofree char *there = het_xml_location_name(o->at, r->at);

        return FAIL(r->at, "region '%s' at " X64 " with " X64 " bytes "
                    "overlaps region '%s' at " X64 " with " X64 " bytes (%s)",
                    r->name, at, r->size, o->name, other, o->size, there);
    }
    return TRUE;
}

/* Against the regions before it, of this or another <remoteproc>. */
static gboolean check_region_free(const HetSoc *soc, const HetRegion *region,
                                  GError **error)
{
    for (guint i = 0; i < soc->remoteprocs->len; i++) {
        const HetRemoteproc *r = soc->remoteprocs->pdata[i];

        for (guint j = 0; j < r->regions->len; j++) {
            const HetRegion *other = r->regions->pdata[j];

            if (other == region) {
                return TRUE;
            }
            if (!check_region_pair(soc, region, other, error)) {
                return FALSE;
            }
        }
    }
    return TRUE;
}

/* A driver may tell one by its place only. */
static gboolean check_first_region(const HetRemoteproc *r, GError **error)
{
    const HetRegion *first = r->regions->len ? r->regions->pdata[0] : NULL;
    const char *name = r->model->first_region;

    return !first || !name || g_str_equal(first->name, name) ||
           FAIL(first->at, "region '%s': the first region of model '%s' must "
                "be '%s'", first->name, r->model->name, name);
}

static gboolean check_regions(const HetSoc *soc, const HetProcessor *slave,
                              const HetRemoteproc *remoteproc,
                              GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    if (!het_soc_validate_count("region", remoteproc->regions->len,
                                HET_SOC_COUNT_MAX, remoteproc->at, error) ||
        !check_first_region(remoteproc, error)) {
        return FALSE;
    }
    for (guint i = 0; i < remoteproc->regions->len; i++) {
        const HetRegion *region = remoteproc->regions->pdata[i];

        if (!het_soc_validate_unique("region", seen, region->name,
                                     &region->at, error) ||
            !check_region(soc, slave, region, error) ||
            !check_region_free(soc, region, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_mailbox(const HetSoc *soc, const HetRemoteproc *r,
                              GError **error)
{
    const HetIdm *idm = het_soc_find_idm(soc, r->mailbox);

    if (!idm) {
        return FAIL(r->at, "remoteproc of '%s' has the unknown "
                    "mailbox '%s'", r->slave, r->mailbox);
    }
    if (!g_str_equal(idm->model->name, r->model->mailbox_model)) {
        return FAIL(r->at, "remoteproc of '%s': mailbox '%s' is of "
                    "model '%s', model '%s' needs a '%s'", r->slave,
                    r->mailbox, idm->model->name, r->model->name,
                    r->model->mailbox_model);
    }
    if (!het_idm_find_endpoint(idm, soc->master->name) ||
        !het_idm_find_endpoint(idm, r->slave)) {
        return FAIL(r->at, "remoteproc of '%s': mailbox '%s' does "
                    "not link master '%s' and slave '%s'", r->slave,
                    r->mailbox, soc->master->name, r->slave);
    }
    if (idm->channels < r->model->channels_min) {
        return FAIL(r->at, "remoteproc of '%s': mailbox '%s' has %u "
                    "channels, at least %u are needed", r->slave, r->mailbox,
                    idm->channels, r->model->channels_min);
    }
    return TRUE;
}

static gboolean check_slave(const HetSoc *soc, const HetRemoteproc *r,
                            const HetProcessor *slave, GError **error)
{
    const HetRemoteproc *first = het_soc_find_remoteproc(soc, r->slave);

    if (!slave || slave->is_master) {
        return FAIL(r->at, "remoteproc of unknown slave '%s'",
                    r->slave);
    }
    if (first != r) {
        g_autofree char *there = het_xml_location_name(first->at, r->at);

        return FAIL(r->at, "slave '%s' has two <remoteproc>, the first in %s",
                    r->slave, there);
    }
    if (slave->boot_control != HET_BOOT_CONTROL_GUEST) {
        g_autofree char *there = het_xml_location_name(slave->at, r->at);

        return FAIL(r->at, "remoteproc of '%s': the slave needs <boot "
                    "control='guest'/> (%s)", r->slave, there);
    }
    return TRUE;
}

static gboolean check_remoteproc(const HetSoc *soc, const HetRemoteproc *r,
                                 GError **error)
{
    const HetProcessor *slave = het_soc_find_processor(soc, r->slave);
    const HetMachine *machine = het_machine_find(soc->master->arch,
                                                 soc->master->machine);

    if (!machine->has_gic) {
        return FAIL(r->at, "remoteproc of '%s': master '%s' has the "
                    "machine '%s' of '%s'; Linux drives a '%s' on "
                    "machine 'virt' or 'het-a' of armv7l or aarch64", r->slave,
                    soc->master->name, machine->name, machine->arch,
                    r->model->name);
    }
    if (r->model->master_arch &&
        !g_str_equal(r->model->master_arch, soc->master->arch)) {
        return FAIL(r->at, "remoteproc of '%s': model '%s' is of a chip whose "
                    "Linux runs on '%s', master '%s' is of '%s'", r->slave,
                    r->model->name, r->model->master_arch, soc->master->name,
                    soc->master->arch);
    }
    return check_slave(soc, r, slave, error) &&
           check_mailbox(soc, r, error) &&
           check_regions(soc, slave, r, error);
}

gboolean het_soc_validate_remoteprocs(const HetSoc *soc, GError **error)
{
    for (guint i = 0; i < soc->remoteprocs->len; i++) {
        if (!check_remoteproc(soc, soc->remoteprocs->pdata[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}
