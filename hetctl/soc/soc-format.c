/*
 * Model -> SoC XML
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/soc-internal.h"
#include "util/text.h"

static void format_memory(GString *out, const HetMemory *memory)
{
    gboolean kib = memory->size % 1024 == 0;

    het_text_add(out, 1, "<memory name='%s' unit='%s'", memory->name,
                 kib ? "KiB" : "bytes");
    if (!memory->is_reserved) {
        g_string_append(out, " reserve='no'");
    }
    het_text_add(out, 0, ">%" G_GUINT64_FORMAT "</memory>\n",
                 kib ? memory->size / 1024 : memory->size);
}

static void format_os(GString *out, const HetProcessor *proc)
{
    het_text_add(out, 2, "<os>\n");
    het_text_add(out, 3, "<type arch='%s' machine='%s'/>\n", proc->arch,
                 proc->machine);
    for (guint i = 0; i < proc->options->len; i++) {
        const HetOption *option = proc->options->pdata[i];

        het_text_add(out, 3, "<option name='%s' value='%s'/>\n",
                     option->name, option->value);
    }
    het_text_add_element(out, 3, "loader", proc->loader);
    if (proc->keeps_kernel) {
        het_text_add(out, 3, "<kernel unpack='no'>%s</kernel>\n",
                     proc->kernel);
    } else {
        het_text_add_element(out, 3, "kernel", proc->kernel);
    }
    het_text_add_element(out, 3, "initrd", proc->initrd);
    for (guint i = 0; i < proc->firmware->len; i++) {
        const HetFirmwareFile *file = proc->firmware->pdata[i];

        het_text_add(out, 3, "<firmware name='%s'>%s</firmware>\n",
                     file->name, file->path);
    }
    het_text_add_element(out, 3, "cmdline", proc->cmdline);
    het_text_add_element(out, 3, "dtb", proc->dtb_file);
    for (guint i = 0; i < proc->overlays->len; i++) {
        const HetOverlayFile *file = proc->overlays->pdata[i];

        het_text_add_element(out, 3, "overlay", file->path);
    }
    het_text_add(out, 2, "</os>\n");
}

static void format_self_action(GString *out, const char *name,
                               HetSelfAction action)
{
    if (action != HET_SELF_ACTION_CRASH) {
        het_text_add_element(out, 2, name, het_self_action_to_string(action));
    }
}

static void format_boot(GString *out, const HetProcessor *proc)
{
    het_text_add(out, 2, "<boot control='%s' attach='%s'",
                 het_boot_control_to_string(proc->boot_control),
                 het_boot_attach_to_string(proc->boot_attach));
    if (proc->has_entry) {
        het_text_add(out, 0, " entry='0x%" G_GINT64_MODIFIER "x'",
                     proc->entry);
    }
    if (proc->has_dtb) {
        het_text_add(out, 0, " dtb='0x%" G_GINT64_MODIFIER "x'", proc->dtb);
    }
    if (proc->answer_timeout) {
        het_text_add(out, 0, " answer-timeout='%u'", proc->answer_timeout);
    }
    g_string_append(out, "/>\n");
    het_text_add(out, 2, "<on_crash>%s</on_crash>\n",
                 het_on_crash_to_string(proc->on_crash));
    format_self_action(out, "on_reboot", proc->on_reboot);
    format_self_action(out, "on_poweroff", proc->on_poweroff);
}

static void format_map(GString *out, const HetMap *map)
{
    het_text_add(out, 2, "<map memory='%s' address='0x%"
                 G_GINT64_MODIFIER "x'", map->memory, map->address);
    if (map->offset) {
        het_text_add(out, 0, " offset='0x%" G_GINT64_MODIFIER "x'",
                     map->offset);
    }
    if (map->size) {
        het_text_add(out, 0, " size='0x%" G_GINT64_MODIFIER "x'", map->size);
    }
    g_string_append(out, "/>\n");
}

static void format_irqs(GString *out, const GArray *irqs)
{
    for (guint i = 0; i < irqs->len; i++) {
        het_text_add(out, 0, "%s%u", i ? " " : "",
                     g_array_index(irqs, guint32, i));
    }
}

static void format_device(GString *out, const HetDevice *device)
{
    het_text_add(out, 2, "<device name='%s' type='%s' address='",
                 device->name, device->type);
    for (guint i = 0; i < device->addresses->len; i++) {
        het_text_add(out, 0, "%s0x%" G_GINT64_MODIFIER "x", i ? " " : "",
                     g_array_index(device->addresses, guint64, i));
    }
    g_string_append(out, "'");
    if (device->irqs->len) {
        g_string_append(out, " irq='");
        format_irqs(out, device->irqs);
        g_string_append(out, "'");
    }
    if (device->serial >= 0) {
        het_text_add(out, 0, " serial='%d'", device->serial);
    }
    if (device->clock_frequency) {
        het_text_add(out, 0, " clock-frequency='%" G_GUINT64_FORMAT "'",
                     device->clock_frequency);
    }
    g_string_append(out, ">\n");
    for (guint i = 0; i < device->properties->len; i++) {
        const HetOption *property = device->properties->pdata[i];

        het_text_add(out, 3, "<property name='%s' value='%s'/>\n",
                     property->name, property->value);
    }
    het_text_add(out, 2, "</device>\n");
}

static void format_follow(GString *out, const HetStubFollow *follow)
{
    het_text_add(out, 4, "<follows bits='0x%x' offset='0x%" G_GINT64_MODIFIER
                 "x' source='0x%x'", follow->bits, follow->offset,
                 follow->source);
    if (follow->inverted) {
        g_string_append(out, " inverted='yes'");
    }
    g_string_append(out, "/>\n");
}

static void format_target(GString *out, const char *name, guint64 target)
{
    het_text_add(out, 0, " %s='0x%" G_GINT64_MODIFIER "x'", name, target);
}

static void format_action(GString *out, const HetStubRegister *reg)
{
    if (reg->action == HET_STUB_SETS || reg->action == HET_STUB_SETS_CLEARS) {
        format_target(out, "sets", reg->target);
    }
    if (reg->action == HET_STUB_CLEARS ||
        reg->action == HET_STUB_SETS_CLEARS) {
        format_target(out, "clears", reg->target);
    }
    if (reg->action == HET_STUB_TOGGLES) {
        format_target(out, "toggles", reg->target);
    }
}

static void format_bits(GString *out, const HetStubRegister *reg)
{
    if (reg->has_value) {
        het_text_add(out, 0, " value='0x%x'", reg->value);
    }
    if (reg->store) {
        het_text_add(out, 0, " store='0x%x'", reg->store);
    }
    if (reg->write_1_clear) {
        het_text_add(out, 0, " write-1-clear='0x%x'", reg->write_1_clear);
    }
}

static void format_register(GString *out, const HetStubRegister *reg)
{
    het_text_add(out, 3, "<register offset='0x%" G_GINT64_MODIFIER "x'",
                 reg->offset);
    if (reg->count > 1) {
        het_text_add(out, 0, " count='%u' step='0x%" G_GINT64_MODIFIER "x'",
                     reg->count, reg->step);
    }
    format_bits(out, reg);
    format_action(out, reg);
    g_string_append(out, reg->follows->len ? ">\n" : "/>\n");
    for (guint i = 0; i < reg->follows->len; i++) {
        format_follow(out, reg->follows->pdata[i]);
    }
    if (reg->follows->len) {
        het_text_add(out, 3, "</register>\n");
    }
}

static void format_stub(GString *out, const HetStub *stub)
{
    het_text_add(out, 2, "<stub name='%s' address='0x%" G_GINT64_MODIFIER
                 "x' size='0x%" G_GINT64_MODIFIER "x'>\n", stub->name,
                 stub->address, stub->size);
    for (guint i = 0; i < stub->registers->len; i++) {
        format_register(out, stub->registers->pdata[i]);
    }
    het_text_add(out, 2, "</stub>\n");
}

static void format_libvirt_devices(GString *out, const HetProcessor *proc)
{
    if (!proc->emulator && !proc->devices_xml) {
        return;
    }
    het_text_add(out, 2, "<devices>\n");
    het_text_add_element(out, 3, "emulator", proc->emulator);
    g_string_append(out, proc->devices_xml ?: "");
    het_text_add(out, 2, "</devices>\n");
}

static void format_processor(GString *out, const HetProcessor *proc)
{
    const char *tag = proc->is_master ? "master" : "slave";

    het_text_add(out, 1, "<%s name='%s'>\n", tag, proc->name);
    format_os(out, proc);
    if (proc->cpu_model) {
        het_text_add(out, 2, "<cpu>\n");
        het_text_add_element(out, 3, "model", proc->cpu_model);
        het_text_add(out, 2, "</cpu>\n");
    }
    het_text_add(out, 2, "<vcpu>%u</vcpu>\n", proc->vcpus);
    het_cputune_format(out, 2, proc->cputune);
    if (!proc->is_master) {
        format_boot(out, proc);
    }
    for (guint i = 0; i < proc->maps->len; i++) {
        format_map(out, proc->maps->pdata[i]);
    }
    for (guint i = 0; i < proc->devices->len; i++) {
        format_device(out, proc->devices->pdata[i]);
    }
    for (guint i = 0; i < proc->stubs->len; i++) {
        format_stub(out, proc->stubs->pdata[i]);
    }
    if (proc->features_xml) {
        het_text_add(out, 2, "<features>\n");
        g_string_append(out, proc->features_xml);
        het_text_add(out, 2, "</features>\n");
    }
    format_libvirt_devices(out, proc);
    het_text_add(out, 1, "</%s>\n", tag);
}

static void format_endpoint(GString *out, const HetEndpoint *endpoint)
{
    het_text_add(out, 2, "<endpoint processor='%s' address='0x%"
                 G_GINT64_MODIFIER "x' irqs='", endpoint->processor,
                 endpoint->address);
    format_irqs(out, endpoint->irqs);
    g_string_append(out, "'/>\n");
}

static void format_idm(GString *out, const HetIdm *idm)
{
    het_text_add(out, 1, "<idm name='%s' model='%s'", idm->name,
                 idm->model->name);
    if (!idm->model->channels_fixed) {
        het_text_add(out, 0, " channels='%u'", idm->channels);
    }
    g_string_append(out, ">\n");
    for (guint i = 0; i < idm->endpoints->len; i++) {
        format_endpoint(out, idm->endpoints->pdata[i]);
    }
    het_text_add(out, 1, "</idm>\n");
}

static void format_region(GString *out, const HetRegion *region)
{
    het_text_add(out, 2, "<region name='%s' memory='%s' offset='0x%"
                 G_GINT64_MODIFIER "x' size='0x%" G_GINT64_MODIFIER "x'",
                 region->name, region->memory, region->offset, region->size);
    if (region->has_address) {
        het_text_add(out, 0, " address='0x%" G_GINT64_MODIFIER "x'",
                     region->address);
    }
    g_string_append(out, "/>\n");
}

static void format_remoteproc(GString *out, const HetRemoteproc *remoteproc)
{
    het_text_add(out, 1, "<remoteproc slave='%s' model='%s' mailbox='%s' "
                 "address='0x%" G_GINT64_MODIFIER "x'", remoteproc->slave,
                 remoteproc->model->name, remoteproc->mailbox,
                 remoteproc->address);
    if (remoteproc->has_irq) {
        het_text_add(out, 0, " irq='%u'", remoteproc->irq);
    }
    if (remoteproc->stub) {
        het_text_add(out, 0, " stub='%s'", remoteproc->stub);
    }
    if (remoteproc->has_backup) {
        het_text_add(out, 0, " backup='0x%" G_GINT64_MODIFIER "x'",
                     remoteproc->backup);
    }
    g_string_append(out, ">\n");
    for (guint i = 0; i < remoteproc->regions->len; i++) {
        format_region(out, remoteproc->regions->pdata[i]);
    }
    het_text_add(out, 1, "</remoteproc>\n");
}

char *het_soc_format(const HetSoc *soc)
{
    GString *out = g_string_new("<soc>\n");

    het_text_add_element(out, 1, "name", soc->name);
    het_text_add_element(out, 1, "uuid", soc->uuid);
    het_text_add_element(out, 1, "description", soc->description);
    for (guint i = 0; i < soc->memories->len; i++) {
        format_memory(out, soc->memories->pdata[i]);
    }
    format_processor(out, soc->master);
    for (guint i = 0; i < soc->slaves->len; i++) {
        format_processor(out, soc->slaves->pdata[i]);
    }
    for (guint i = 0; i < soc->idms->len; i++) {
        format_idm(out, soc->idms->pdata[i]);
    }
    for (guint i = 0; i < soc->remoteprocs->len; i++) {
        format_remoteproc(out, soc->remoteprocs->pdata[i]);
    }
    g_string_append(out, "</soc>\n");
    return g_string_free(out, FALSE);
}
