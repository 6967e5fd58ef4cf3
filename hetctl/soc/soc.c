/*
 * The model of a SoC: life time, lookups, layout of the segment
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/soc-internal.h"

static const char *const boot_controls[] = { "host", "guest" };
static const char *const boot_attaches[] = { "start", "request" };
static const char *const on_crashes[] = { "restart", "preserve", "destroy" };
static const char *const self_actions[] = {
    "crash", "hold", "restart", "destroy",
};

const char *het_boot_control_to_string(HetBootControl control)
{
    return boot_controls[control];
}

const char *het_boot_attach_to_string(HetBootAttach attach)
{
    return boot_attaches[attach];
}

const char *het_on_crash_to_string(HetOnCrash on_crash)
{
    return on_crashes[on_crash];
}

const char *het_self_action_to_string(HetSelfAction action)
{
    return self_actions[action];
}

static void memory_free(gpointer data)
{
    HetMemory *memory = data;

    g_free(memory->name);
    g_free(memory);
}

static void map_free(gpointer data)
{
    HetMap *map = data;

    g_free(map->memory);
    g_free(map);
}

static void option_free(gpointer data)
{
    HetOption *option = data;

    g_free(option->name);
    g_free(option->value);
    g_free(option);
}

static void overlay_file_free(gpointer data)
{
    HetOverlayFile *file = data;

    g_free(file->path);
    g_free(file);
}

static void firmware_file_free(gpointer data)
{
    HetFirmwareFile *file = data;

    g_free(file->name);
    g_free(file->path);
    g_free(file);
}

static void device_free(gpointer data)
{
    HetDevice *device = data;

    g_free(device->name);
    g_free(device->type);
    g_array_unref(device->addresses);
    g_array_unref(device->irqs);
    g_ptr_array_unref(device->properties);
    g_free(device);
}

static void stub_register_free(gpointer data)
{
    HetStubRegister *reg = data;

    g_ptr_array_unref(reg->follows);
    g_free(reg);
}

static void stub_free(gpointer data)
{
    HetStub *stub = data;

    g_free(stub->name);
    g_ptr_array_unref(stub->registers);
    g_free(stub);
}

static void endpoint_free(gpointer data)
{
    HetEndpoint *endpoint = data;

    g_free(endpoint->processor);
    g_array_unref(endpoint->irqs);
    g_free(endpoint);
}

static void idm_free(gpointer data)
{
    HetIdm *idm = data;

    g_free(idm->name);
    g_ptr_array_unref(idm->endpoints);
    g_free(idm);
}

static void region_free(gpointer data)
{
    HetRegion *region = data;

    g_free(region->name);
    g_free(region->memory);
    g_free(region);
}

static void remoteproc_free(gpointer data)
{
    HetRemoteproc *remoteproc = data;

    g_free(remoteproc->slave);
    g_free(remoteproc->mailbox);
    g_free(remoteproc->stub);
    g_ptr_array_unref(remoteproc->regions);
    g_free(remoteproc);
}

static void processor_free(gpointer data)
{
    HetProcessor *proc = data;

    if (!proc) {
        return;
    }
    g_free(proc->name);
    g_free(proc->arch);
    g_free(proc->machine);
    g_ptr_array_unref(proc->options);
    g_free(proc->loader);
    g_free(proc->kernel);
    g_free(proc->initrd);
    g_free(proc->cmdline);
    g_free(proc->dtb_file);
    g_ptr_array_unref(proc->overlays);
    g_ptr_array_unref(proc->firmware);
    g_free(proc->cpu_model);
    het_cputune_free(proc->cputune);
    g_free(proc->emulator);
    g_ptr_array_unref(proc->maps);
    g_ptr_array_unref(proc->devices);
    g_ptr_array_unref(proc->stubs);
    g_free(proc->features_xml);
    g_free(proc->devices_xml);
    g_free(proc);
}

HetMemory *het_memory_new(HetSoc *soc)
{
    HetMemory *memory = g_new0(HetMemory, 1);

    memory->is_reserved = TRUE;
    g_ptr_array_add(soc->memories, memory);
    return memory;
}

HetProcessor *het_processor_new(HetSoc *soc, gboolean is_master)
{
    HetProcessor *proc = g_new0(HetProcessor, 1);

    proc->is_master = is_master;
    proc->vcpus = 1;
    proc->options = g_ptr_array_new_with_free_func(option_free);
    proc->overlays = g_ptr_array_new_with_free_func(overlay_file_free);
    proc->firmware = g_ptr_array_new_with_free_func(firmware_file_free);
    proc->maps = g_ptr_array_new_with_free_func(map_free);
    proc->devices = g_ptr_array_new_with_free_func(device_free);
    proc->stubs = g_ptr_array_new_with_free_func(stub_free);
    if (is_master) {
        processor_free(soc->master);
        soc->master = proc;
    } else {
        g_ptr_array_add(soc->slaves, proc);
    }
    return proc;
}

HetOverlayFile *het_overlay_file_new(HetProcessor *proc)
{
    HetOverlayFile *file = g_new0(HetOverlayFile, 1);

    g_ptr_array_add(proc->overlays, file);
    return file;
}

HetFirmwareFile *het_firmware_file_new(HetProcessor *proc)
{
    HetFirmwareFile *file = g_new0(HetFirmwareFile, 1);

    g_ptr_array_add(proc->firmware, file);
    return file;
}

HetOption *het_option_new(HetProcessor *proc)
{
    HetOption *option = g_new0(HetOption, 1);

    g_ptr_array_add(proc->options, option);
    return option;
}

HetMap *het_map_new(HetProcessor *proc)
{
    HetMap *map = g_new0(HetMap, 1);

    g_ptr_array_add(proc->maps, map);
    return map;
}

HetDevice *het_device_new(HetProcessor *proc)
{
    HetDevice *device = g_new0(HetDevice, 1);

    device->addresses = g_array_new(FALSE, FALSE, sizeof(guint64));
    device->irqs = g_array_new(FALSE, FALSE, sizeof(guint32));
    device->serial = -1;
    device->properties = g_ptr_array_new_with_free_func(option_free);
    g_ptr_array_add(proc->devices, device);
    return device;
}

HetOption *het_device_property_new(HetDevice *device)
{
    HetOption *property = g_new0(HetOption, 1);

    g_ptr_array_add(device->properties, property);
    return property;
}

HetStub *het_stub_new(HetProcessor *proc)
{
    HetStub *stub = g_new0(HetStub, 1);

    stub->registers = g_ptr_array_new_with_free_func(stub_register_free);
    g_ptr_array_add(proc->stubs, stub);
    return stub;
}

HetStubRegister *het_stub_register_new(HetStub *stub)
{
    HetStubRegister *reg = g_new0(HetStubRegister, 1);

    reg->follows = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(stub->registers, reg);
    return reg;
}

HetStubFollow *het_stub_follow_new(HetStubRegister *reg)
{
    HetStubFollow *follow = g_new0(HetStubFollow, 1);

    g_ptr_array_add(reg->follows, follow);
    return follow;
}

GArray *het_stub_words(const HetStub *stub)
{
    GArray *words = g_array_new(FALSE, FALSE, sizeof(HetStubWord));

    for (guint i = 0; i < stub->registers->len; i++) {
        const HetStubRegister *reg = stub->registers->pdata[i];

        for (guint n = 0; n < reg->count; n++) {
            HetStubWord word = {
                .reg = reg,
                .offset = reg->offset + n * reg->step,
                .moved = n * reg->step,
            };

            g_array_append_val(words, word);
        }
    }
    return words;
}

gboolean het_stub_has_rules(const HetStub *stub)
{
    for (guint i = 0; i < stub->registers->len; i++) {
        const HetStubRegister *reg = stub->registers->pdata[i];

        if (reg->store || reg->write_1_clear || reg->follows->len ||
            reg->action != HET_STUB_NO_ACTION) {
            return TRUE;
        }
    }
    return FALSE;
}

HetIdm *het_idm_new(HetSoc *soc)
{
    HetIdm *idm = g_new0(HetIdm, 1);

    idm->endpoints = g_ptr_array_new_with_free_func(endpoint_free);
    g_ptr_array_add(soc->idms, idm);
    return idm;
}

HetEndpoint *het_endpoint_new(HetIdm *idm)
{
    HetEndpoint *endpoint = g_new0(HetEndpoint, 1);

    endpoint->irqs = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_ptr_array_add(idm->endpoints, endpoint);
    return endpoint;
}

HetRemoteproc *het_remoteproc_new(HetSoc *soc)
{
    HetRemoteproc *remoteproc = g_new0(HetRemoteproc, 1);

    remoteproc->regions = g_ptr_array_new_with_free_func(region_free);
    g_ptr_array_add(soc->remoteprocs, remoteproc);
    return remoteproc;
}

HetRegion *het_region_new(HetRemoteproc *remoteproc)
{
    HetRegion *region = g_new0(HetRegion, 1);

    g_ptr_array_add(remoteproc->regions, region);
    return region;
}

HetSoc *het_soc_new(void)
{
    HetSoc *soc = g_new0(HetSoc, 1);

    g_atomic_ref_count_init(&soc->refs);
    soc->memories = g_ptr_array_new_with_free_func(memory_free);
    soc->slaves = g_ptr_array_new_with_free_func(processor_free);
    soc->idms = g_ptr_array_new_with_free_func(idm_free);
    soc->remoteprocs = g_ptr_array_new_with_free_func(remoteproc_free);
    soc->sources = g_ptr_array_new_with_free_func(g_free);
    return soc;
}

HetSoc *het_soc_ref(HetSoc *soc)
{
    g_atomic_ref_count_inc(&soc->refs);
    return soc;
}

void het_soc_free(HetSoc *soc)
{
    if (!soc || !g_atomic_ref_count_dec(&soc->refs)) {
        return;
    }
    g_free(soc->name);
    g_free(soc->uuid);
    g_free(soc->description);
    processor_free(soc->master);
    g_ptr_array_unref(soc->memories);
    g_ptr_array_unref(soc->slaves);
    g_ptr_array_unref(soc->idms);
    g_ptr_array_unref(soc->remoteprocs);
    g_ptr_array_unref(soc->sources);
    g_free(soc);
}

const HetMemory *het_soc_find_memory(const HetSoc *soc, const char *name)
{
    for (guint i = 0; i < soc->memories->len; i++) {
        const HetMemory *memory = soc->memories->pdata[i];

        if (g_str_equal(memory->name, name)) {
            return memory;
        }
    }
    return NULL;
}

const HetIdm *het_soc_find_idm(const HetSoc *soc, const char *name)
{
    for (guint i = 0; i < soc->idms->len; i++) {
        const HetIdm *idm = soc->idms->pdata[i];

        if (g_str_equal(idm->name, name)) {
            return idm;
        }
    }
    return NULL;
}

const HetProcessor *het_soc_find_processor(const HetSoc *soc,
                                           const char *name)
{
    if (g_str_equal(soc->master->name, name)) {
        return soc->master;
    }
    for (guint i = 0; i < soc->slaves->len; i++) {
        const HetProcessor *slave = soc->slaves->pdata[i];

        if (g_str_equal(slave->name, name)) {
            return slave;
        }
    }
    return NULL;
}

const HetStub *het_processor_find_stub(const HetProcessor *proc,
                                       const char *name)
{
    for (guint i = 0; i < proc->stubs->len; i++) {
        const HetStub *stub = proc->stubs->pdata[i];

        if (g_str_equal(stub->name, name)) {
            return stub;
        }
    }
    return NULL;
}

const HetRemoteproc *het_soc_find_remoteproc(const HetSoc *soc,
                                             const char *slave)
{
    for (guint i = 0; i < soc->remoteprocs->len; i++) {
        const HetRemoteproc *remoteproc = soc->remoteprocs->pdata[i];

        if (g_str_equal(remoteproc->slave, slave)) {
            return remoteproc;
        }
    }
    return NULL;
}

const HetEndpoint *het_idm_find_endpoint(const HetIdm *idm,
                                         const char *processor)
{
    for (guint i = 0; i < idm->endpoints->len; i++) {
        const HetEndpoint *endpoint = idm->endpoints->pdata[i];

        if (g_str_equal(endpoint->processor, processor)) {
            return endpoint;
        }
    }
    return NULL;
}

const HetIdm *het_soc_find_boot_idm(const HetSoc *soc,
                                    const HetProcessor *slave)
{
    const HetRemoteproc *remoteproc;

    if (slave->boot_control != HET_BOOT_CONTROL_GUEST) {
        return NULL;
    }
    remoteproc = het_soc_find_remoteproc(soc, slave->name);
    if (remoteproc) {
        return het_soc_find_idm(soc, remoteproc->mailbox);
    }
    for (guint i = 0; i < soc->idms->len; i++) {
        const HetIdm *idm = soc->idms->pdata[i];

        if (!idm->model->no_boot_line &&
            het_idm_find_endpoint(idm, slave->name) &&
            het_idm_find_endpoint(idm, soc->master->name)) {
            return idm;
        }
    }
    return NULL;
}

char *het_soc_domain_name(const HetSoc *soc, const HetProcessor *proc)
{
    return g_strdup_printf("%s.%s", soc->name, proc->name);
}

guint64 het_soc_memory_offset(const HetSoc *soc, const HetMemory *memory)
{
    guint64 offset = 0;

    for (guint i = 0; i < soc->memories->len; i++) {
        const HetMemory *m = soc->memories->pdata[i];

        if (m == memory) {
            break;
        }
        offset = HET_ALIGN_UP(offset + m->size, HET_SOC_SEGMENT_ALIGN);
    }
    return offset;
}

guint64 het_soc_start_address(const HetProcessor *slave)
{
    return slave->loader ? slave->entry - HET_SOC_PAGE_SIZE : slave->entry;
}

guint64 het_soc_segment_size(const HetSoc *soc)
{
    const HetMemory *last = soc->memories->pdata[soc->memories->len - 1];

    return het_soc_memory_offset(soc, last) + last->size;
}

guint64 het_soc_map_size(const HetSoc *soc, const HetMap *map)
{
    return map->size ?: het_soc_find_memory(soc, map->memory)->size -
                        map->offset;
}
