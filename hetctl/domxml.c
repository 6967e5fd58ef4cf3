/*
 * The libvirt domain XML of one processor of a SoC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domxml.h"
#include "machine.h"
#include "overlay.h"
#include "text.h"

#define X64 "0x%" G_GINT64_MODIFIER "x"

/* libvirt wants a size also for a machine without RAM. */
#define NO_RAM_KIB 1024

typedef struct {
    GString *out;
    const HetSoc *soc;
    const HetProcessor *proc;
    const HetMachine *machine;
    const HetDomxmlParams *params;
    GPtrArray *windows;         /* HetWindow */
} Writer;

static const struct {
    const char *arch;
    const char *emulator;
} emulators[] = {
    { "armv7l", "qemu-system-arm" },
    { "aarch64", "qemu-system-aarch64" },
    { "riscv32", "qemu-system-riscv32" },
    { "riscv64", "qemu-system-riscv64" },
};

const char *het_domxml_emulator_name(const char *arch)
{
    for (gsize i = 0; i < G_N_ELEMENTS(emulators); i++) {
        if (g_str_equal(emulators[i].arch, arch)) {
            return emulators[i].emulator;
        }
    }
    return NULL;
}

/* ---- the emulator's own arguments ---- */

static void add_arg(Writer *w, const char *option, const char *value)
{
    het_text_add(w->out, 2, "<qemu:arg value='%s'/>\n", option);
    het_text_add(w->out, 2, "<qemu:arg value='%s'/>\n", value);
}

G_GNUC_PRINTF(3, 4)
static void add_argf(Writer *w, const char *option, const char *format, ...)
{
    g_autofree char *value = NULL;
    va_list args;

    va_start(args, format);
    value = g_strdup_vprintf(format, args);
    va_end(args);
    add_arg(w, option, value);
}

/* QEMU's way to write a comma in a value. */
static char *escape_commas(const char *value)
{
    GString *s = g_string_new(value);

    g_string_replace(s, ",", ",,", 0);
    return g_string_free(s, FALSE);
}

static gboolean is_ram(const Writer *w, guint64 address)
{
    return w->machine->has_ram && address == w->machine->ram_base;
}

static void add_backend(Writer *w, const HetWindow *window)
{
    g_autofree char *path = NULL;

    if (!w->proc->is_master) {
        add_argf(w, "-object", "memory-backend-slave,id=%s,size=%"
                 G_GUINT64_FORMAT, window->id, window->size);
        return;
    }
    path = escape_commas(w->params->segment_path);
    add_argf(w, "-object", "memory-backend-file,id=%s,size=%"
             G_GUINT64_FORMAT ",mem-path=%s,share=on,offset=%"
             G_GUINT64_FORMAT, window->id, window->size, path,
             window->segment_offset);
}

static void add_maps(Writer *w, const HetWindow *window)
{
    for (guint i = 0; i < window->addresses->len; i++) {
        guint64 address = g_array_index(window->addresses, guint64, i);

        if (is_ram(w, address)) {
            add_argf(w, "-machine", "memory-backend=%s", window->id);
        } else {
            add_argf(w, "-device", "memory-map,memdev=%s,addr=" X64,
                     window->id, address);
        }
    }
}

static void add_windows(Writer *w)
{
    for (guint i = 0; i < w->windows->len; i++) {
        add_backend(w, w->windows->pdata[i]);
        add_maps(w, w->windows->pdata[i]);
    }
}

static void add_machine_options(Writer *w)
{
    for (guint i = 0; i < w->proc->options->len; i++) {
        const HetOption *option = w->proc->options->pdata[i];
        g_autofree char *value = escape_commas(option->value);

        add_argf(w, "-machine", "%s=%s", option->name, value);
    }
    if (w->proc->is_master && w->params->overlay_path &&
        het_overlay_needed(w->soc)) {
        g_autofree char *path = escape_commas(w->params->overlay_path);

        add_argf(w, "-machine", "dtb-overlay=%s", path);
    }
}

/* ",boot-peer=..." when this IDM carries the boot line of this core. */
static char *boot_peer(const Writer *w, const HetIdm *idm)
{
    if (w->proc->is_master ||
        het_soc_find_boot_idm(w->soc, w->proc) != idm) {
        return g_strdup("");
    }
    return g_strdup_printf(",boot-peer=%s", w->soc->master->name);
}

static void add_endpoint(Writer *w, const HetIdm *idm, const HetEndpoint *e)
{
    g_autofree char *peer = boot_peer(w, idm);
    guint32 irq = g_array_index(e->irqs, guint32, 0);

    if (idm->model == HET_IDM_MODEL_STM32_IPCC) {
        add_argf(w, "-device", "stm32-ipcc,id=%s,processor=%d,channels=%u,"
                 "addr=" X64 ",irq-rx=%u,irq-tx=%u%s", idm->name,
                 e == idm->endpoints->pdata[0] ? 1 : 2, idm->channels,
                 e->address, irq, g_array_index(e->irqs, guint32, 1), peer);
        return;
    }
    add_argf(w, "-device", "idm,id=%s,addr=" X64 ",channels=%u,irq=%u%s",
             idm->name, e->address, idm->channels, irq, peer);
}

static void add_idms(Writer *w)
{
    for (guint i = 0; i < w->soc->idms->len; i++) {
        const HetIdm *idm = w->soc->idms->pdata[i];
        const HetEndpoint *e = het_idm_find_endpoint(idm, w->proc->name);

        if (e) {
            add_endpoint(w, idm, e);
        }
    }
}

static void add_remoteprocs(Writer *w)
{
    if (!w->proc->is_master) {
        return;
    }
    for (guint i = 0; i < w->soc->remoteprocs->len; i++) {
        const HetRemoteproc *r = w->soc->remoteprocs->pdata[i];

        add_argf(w, "-device", "stm32mp1-rcc,idm=%s,peer=%s,addr=" X64
                 ",irq=%u", r->mailbox, r->slave, r->address, r->irq);
    }
}

static void add_commandline(Writer *w)
{
    het_text_add(w->out, 1, "<qemu:commandline>\n");
    add_machine_options(w);
    add_windows(w);
    add_idms(w);
    add_remoteprocs(w);
    het_text_add(w->out, 1, "</qemu:commandline>\n");
}

/* ---- libvirt's own elements ---- */

static void add_metadata(Writer *w)
{
    g_autofree char *master = het_soc_domain_name(w->soc, w->soc->master);
    g_autofree char *xml = NULL;

    het_text_add(w->out, 1, "<metadata>\n");
    if (w->proc->is_master) {
        xml = het_soc_format(w->soc);
        het_text_add(w->out, 2, "<het:master xmlns:het='%s' soc='%s'>\n",
                     HET_SOC_NAMESPACE, w->soc->name);
        g_string_append(w->out, xml);
        het_text_add(w->out, 2, "</het:master>\n");
    } else {
        het_text_add(w->out, 2, "<het:slave xmlns:het='%s' soc='%s' "
                     "master='%s'/>\n", HET_SOC_NAMESPACE, w->soc->name,
                     master);
    }
    het_text_add(w->out, 1, "</metadata>\n");
}

static guint64 memory_kib(const Writer *w)
{
    for (guint i = 0; i < w->windows->len; i++) {
        const HetWindow *window = w->windows->pdata[i];

        for (guint j = 0; j < window->addresses->len; j++) {
            if (is_ram(w, g_array_index(window->addresses, guint64, j))) {
                return window->size / 1024;
            }
        }
    }
    return NO_RAM_KIB;
}

static void add_os(Writer *w)
{
    het_text_add(w->out, 1, "<os>\n");
    het_text_add(w->out, 2, "<type arch='%s' machine='%s'>hvm</type>\n",
                 w->proc->arch, w->proc->machine);
    het_text_add_element(w->out, 2, "kernel", w->proc->kernel);
    het_text_add_element(w->out, 2, "initrd", w->proc->initrd);
    het_text_add_element(w->out, 2, "cmdline", w->proc->cmdline);
    het_text_add(w->out, 1, "</os>\n");
}

static void add_cpu(Writer *w)
{
    het_text_add(w->out, 1, "<vcpu>%u</vcpu>\n", w->proc->vcpus);
    if (w->proc->features_xml) {
        het_text_add(w->out, 1, "<features>\n");
        g_string_append(w->out, w->proc->features_xml);
        het_text_add(w->out, 1, "</features>\n");
    }
    if (w->proc->cpu_model) {
        het_text_add(w->out, 1, "<cpu mode='custom' match='exact' "
                     "check='none'>\n");
        het_text_add(w->out, 2, "<model fallback='forbid'>%s</model>\n",
                     w->proc->cpu_model);
        het_text_add(w->out, 1, "</cpu>\n");
    }
}

static void add_lifecycle(Writer *w)
{
    het_text_add(w->out, 1, "<on_poweroff>destroy</on_poweroff>\n");
    het_text_add(w->out, 1, "<on_reboot>restart</on_reboot>\n");
    het_text_add(w->out, 1, "<on_crash>preserve</on_crash>\n");
}

/* libvirt adds a balloon and USB to what says nothing about them. */
static void add_devices(Writer *w)
{
    const char *xml = w->proc->devices_xml ?: "";

    het_text_add(w->out, 1, "<devices>\n");
    het_text_add_element(w->out, 2, "emulator",
                         w->proc->emulator ?: w->params->emulator);
    g_string_append(w->out, xml);
    if (!g_strrstr(xml, "<memballoon")) {
        het_text_add(w->out, 2, "<memballoon model='none'/>\n");
    }
    if (!g_strrstr(xml, "type='usb'") && !g_strrstr(xml, "type=\"usb\"")) {
        het_text_add(w->out, 2, "<controller type='usb' model='none'/>\n");
    }
    het_text_add(w->out, 1, "</devices>\n");
}

static void add_seclabels(Writer *w)
{
    const char *const *model = w->params->seclabel_none;

    if (w->params->dac_label) {
        het_text_add(w->out, 1, "<seclabel type='static' model='dac' "
                     "relabel='yes'>\n");
        het_text_add_element(w->out, 2, "label", w->params->dac_label);
        het_text_add(w->out, 1, "</seclabel>\n");
    }
    for (; model && *model; model++) {
        het_text_add(w->out, 1, "<seclabel type='none' model='%s'/>\n",
                     *model);
    }
}

char *het_domxml_format(const HetSoc *soc, const HetProcessor *proc,
                        const HetDomxmlParams *params)
{
    g_autofree char *name = het_soc_domain_name(soc, proc);
    g_autoptr(GPtrArray) windows = het_soc_get_windows(soc, proc);
    Writer w = {
        .out = g_string_new(NULL), .soc = soc, .proc = proc,
        .machine = het_machine_find(proc->arch, proc->machine),
        .params = params, .windows = windows,
    };

    het_text_add(w.out, 0, "<domain type='qemu' xmlns:qemu="
                 "'http://libvirt.org/schemas/domain/qemu/1.0'>\n");
    het_text_add_element(w.out, 1, "name", name);
    het_text_add_element(w.out, 1, "uuid", params->uuid ?:
                         proc->is_master ? soc->uuid : NULL);
    add_metadata(&w);
    het_text_add(w.out, 1, "<memory unit='KiB'>%" G_GUINT64_FORMAT
                 "</memory>\n", memory_kib(&w));
    add_cpu(&w);
    add_os(&w);
    add_lifecycle(&w);
    add_devices(&w);
    add_seclabels(&w);
    add_commandline(&w);
    het_text_add(w.out, 0, "</domain>\n");
    return g_string_free(w.out, FALSE);
}
