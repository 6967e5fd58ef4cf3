/*
 * The libvirt domain XML of one processor of a SoC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/machine.h"
#include "domain/console-log.h"
#include "domain/domxml.h"
#include "domain/qemu-args.h"
#include "soc/soc-machine.h"
#include "util/text.h"

/* libvirt wants a size also for a machine without RAM. */
#define NO_RAM_KIB 1024

typedef struct {
    GString *out;
    const HetSoc *soc;
    const HetProcessor *proc;
    const HetMachine *machine;
    const HetDomxmlParams *params;
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

/* What all who use the connection have to know */
static void add_memory(Writer *w)
{
    if (w->params->files.segment) {
        het_text_add(w->out, 0, " segment='%s'", w->params->files.segment);
    }
    if (w->params->owner) {
        het_text_add(w->out, 0, " owner='%s'", w->params->owner);
    }
}

static void add_metadata(Writer *w)
{
    g_autofree char *master = het_soc_domain_name(w->soc, w->soc->master);
    g_autofree char *xml = NULL;

    het_text_add(w->out, 1, "<metadata>\n");
    if (w->proc->is_master) {
        xml = het_soc_format(w->soc);
        het_text_add(w->out, 2, "<het:master xmlns:het='%s' soc='%s' "
                     "processor='%s'", HET_SOC_NAMESPACE, w->soc->name,
                     w->proc->name);
        add_memory(w);
        g_string_append(w->out, ">\n");
        g_string_append(w->out, xml);
        het_text_add(w->out, 2, "</het:master>\n");
    } else {
        het_text_add(w->out, 2, "<het:slave xmlns:het='%s' soc='%s' "
                     "processor='%s' master='%s'", HET_SOC_NAMESPACE,
                     w->soc->name, w->proc->name, master);
        add_memory(w);
        g_string_append(w->out, "/>\n");
    }
    het_text_add(w->out, 1, "</metadata>\n");
}

static guint64 memory_kib(const Writer *w)
{
    guint64 size = het_processor_ram_size(w->soc, w->proc);

    return size ? size / 1024 : NO_RAM_KIB;
}

static void add_os(Writer *w)
{
    het_text_add(w->out, 1, "<os>\n");
    het_text_add(w->out, 2, "<type arch='%s' machine='%s'>hvm</type>\n",
                 w->proc->arch, w->proc->machine);
    if (w->proc->is_master) {
        het_text_add_element(w->out, 2, "kernel", w->proc->kernel);
        het_text_add_element(w->out, 2, "initrd", w->proc->firmware->len
                             ? NULL : w->proc->initrd);
        het_text_add_element(w->out, 2, "cmdline", w->proc->cmdline);
    }
    het_text_add(w->out, 1, "</os>\n");
}

static void add_cpu(Writer *w)
{
    het_text_add(w->out, 1, "<vcpu>%u</vcpu>\n", w->proc->vcpus);
    het_cputune_format(w->out, 1, w->proc->cputune);
    if (w->proc->features_xml) {
        het_text_add(w->out, 1, "<features>\n");
        g_string_append(w->out, w->proc->features_xml);
        het_text_add(w->out, 1, "</features>\n");
    }
    if (w->proc->cpu_model && !w->machine->libvirt_has_no_cpus) {
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
    g_autofree char *name = het_soc_domain_name(w->soc, w->proc);
    g_autofree char *logged =
        w->params->log_folder
        ? het_console_log_add(w->proc->devices_xml, w->params->log_folder,
                              name)
        : g_strdup(w->proc->devices_xml);
    const char *xml = logged ?: "";

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

static void add_commandline(Writer *w)
{
    g_autoptr(GPtrArray) args = het_qemu_args(w->soc, w->proc,
                                              &w->params->files);

    het_text_add(w->out, 1, "<qemu:commandline>\n");
    for (guint i = 0; i < args->len; i++) {
        const HetQemuArg *arg = args->pdata[i];

        het_text_add(w->out, 2, "<qemu:arg value='%s'/>\n", arg->option);
        het_text_add(w->out, 2, "<qemu:arg value='%s'/>\n", arg->value);
    }
    het_text_add(w->out, 2, "<qemu:env name='%s' value='%s'/>\n",
                 HET_QEMU_ENV_NAME, HET_QEMU_ENV_VALUE);
    het_text_add(w->out, 1, "</qemu:commandline>\n");
}

static void add_capabilities(Writer *w)
{
    if (!w->machine->capability_gone) {
        return;
    }
    het_text_add(w->out, 1, "<qemu:capabilities>\n");
    het_text_add(w->out, 2, "<qemu:del capability='%s'/>\n",
                 w->machine->capability_gone);
    het_text_add(w->out, 1, "</qemu:capabilities>\n");
}

char *het_domxml_format(const HetSoc *soc, const HetProcessor *proc,
                        const HetDomxmlParams *params)
{
    g_autofree char *name = het_soc_domain_name(soc, proc);
    Writer w = {
        .out = g_string_new(NULL), .soc = soc, .proc = proc,
        .machine = het_machine_find(proc->arch, proc->machine),
        .params = params,
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
    add_capabilities(&w);
    het_text_add(w.out, 0, "</domain>\n");
    return g_string_free(w.out, FALSE);
}
