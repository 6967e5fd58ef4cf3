/*
 * What one processor's emulator gets besides what libvirt gives it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/machine.h"
#include "domain/qemu-args.h"
#include "domain/qemu-place.h"
#include "dt/overlay.h"
#include "soc/soc-machine.h"

#define X64 "0x%" G_GINT64_MODIFIER "x"

typedef struct {
    GPtrArray *args;            /* HetQemuArg */
    const HetSoc *soc;
    const HetProcessor *proc;
    const HetMachine *machine;
    const HetQemuFiles *files;
    HetXmlLocation at;                /* of what is being written */
    const char *kind;
    const char *name;
} Writer;

static void arg_free(gpointer data)
{
    HetQemuArg *arg = data;

    g_free(arg->value);
    g_free(arg->what);
    g_free(arg);
}

/* What the arguments are for that come next */
static void set_subject(Writer *w, const char *kind, const char *name,
                        HetXmlLocation at)
{
    w->kind = kind;
    w->name = name;
    w->at = at;
}

/* Takes @value. */
static void add_arg(Writer *w, const char *option, char *value)
{
    HetQemuArg *arg = g_new0(HetQemuArg, 1);

    arg->option = option;
    arg->value = value;
    arg->what = g_strdup_printf("%s '%s'", w->kind, w->name);
    arg->at = w->at;
    g_ptr_array_add(w->args, arg);
}

G_GNUC_PRINTF(3, 4)
static void add_argf(Writer *w, const char *option, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_arg(w, option, g_strdup_vprintf(format, args));
    va_end(args);
}

char *het_qemu_escape(const char *value)
{
    GString *s = g_string_new(value);

    g_string_replace(s, ",", ",,", 0);
    return g_string_free(s, FALSE);
}

static void add_backend(Writer *w, const HetWindow *window)
{
    g_autofree char *path = NULL;

    if (!w->proc->is_master || !w->files->segment) {
        add_argf(w, "-object", "memory-backend-slave,id=%s,size=%"
                 G_GUINT64_FORMAT, window->id, window->size);
        return;
    }
    path = het_qemu_escape(w->files->segment);
    add_argf(w, "-object", "memory-backend-file,id=%s,size=%"
             G_GUINT64_FORMAT ",mem-path=%s,share=on,offset=%"
             G_GUINT64_FORMAT, window->id, window->size, path,
             window->segment_offset);
}

static void add_maps(Writer *w, const HetWindow *window)
{
    for (guint i = 0; i < window->addresses->len; i++) {
        guint64 address = g_array_index(window->addresses, guint64, i);

        if (address == het_processor_ram_base(w->proc)) {
            add_argf(w, "-machine", "memory-backend=%s", window->id);
        } else {
            add_argf(w, "-device", "memory-map,memdev=%s,addr=" X64,
                     window->id, address);
        }
    }
}

static void add_windows(Writer *w)
{
    g_autoptr(GPtrArray) windows = het_soc_get_windows(w->soc, w->proc);

    for (guint i = 0; i < windows->len; i++) {
        const HetWindow *window = windows->pdata[i];

        set_subject(w, "memory", window->memory->name, window->memory->at);
        add_backend(w, window);
        add_maps(w, window);
    }
}

/*
 * The master's emulator would make a segment that is not there, in whatever
 * size, and a slave's would wait for one. They read a configuration file before
 * they do anything else.
 */
static void add_ticket(Writer *w)
{
    if (w->files->ticket) {
        add_arg(w, "-readconfig", g_strdup(w->files->ticket));
    }
}

/* libvirt is not asked to keep a file that is gone when the SoC runs. */
static void add_initrd(Writer *w)
{
    if (w->proc->is_master && w->proc->firmware->len && w->files->initrd) {
        add_arg(w, "-initrd", g_strdup(w->files->initrd));
    }
}

/* libvirt's own comes before it, with the file that the user names. */
static void add_kernel(Writer *w)
{
    if (w->files->kernel && het_processor_unpacks_kernel(w->proc)) {
        add_arg(w, "-kernel", g_strdup(w->files->kernel));
    }
}

/* A copy, with what goes over it: see dt/board-tree.h. */
static void add_dtb(Writer *w)
{
    if (w->proc->is_master && w->proc->dtb_file && w->files->dtb) {
        add_arg(w, "-dtb", g_strdup(w->files->dtb));
    }
}

static void add_firmware(Writer *w)
{
    g_autofree char *path = NULL;

    if (!w->proc->is_master) {
        return;
    }
    if (w->proc->loader) {
        path = het_qemu_escape(w->proc->loader);
        add_argf(w, "-machine", "firmware=%s", path);
    } else if (w->machine->wants_firmware) {
        add_arg(w, "-machine", g_strdup("firmware=none"));
    }
}

/* libvirt rounds a size up to MiB, the machine wants that of its RAM. */
static void add_cpu(Writer *w)
{
    if (w->proc->cpu_model && w->machine->libvirt_has_no_cpus) {
        add_arg(w, "-cpu", g_strdup(w->proc->cpu_model));
    }
}

static void add_memory_size(Writer *w)
{
    guint64 kib = het_processor_ram_size(w->soc, w->proc) / 1024;

    if (kib % 1024) {
        add_argf(w, "-m", "size=%" G_GUINT64_FORMAT "k", kib);
    }
}

static void add_machine_options(Writer *w)
{
    for (guint i = 0; i < w->proc->options->len; i++) {
        const HetOption *option = w->proc->options->pdata[i];
        g_autofree char *value = het_qemu_escape(option->value);

        set_subject(w, "option", option->name, option->at);
        add_argf(w, "-machine", "%s=%s", option->name, value);
    }
    if (w->proc->is_master && w->files->overlay &&
        het_overlay_needed(w->soc)) {
        g_autofree char *path = het_qemu_escape(w->files->overlay);

        set_subject(w, "master", w->proc->name, w->proc->at);
        add_argf(w, "-machine", "dtb-overlay=%s", path);
    }
}

static void add_self_action(GString *boot, const char *name,
                            HetSelfAction action)
{
    if (action != HET_SELF_ACTION_CRASH) {
        g_string_append_printf(boot, ",%s=%s", name,
                               action == HET_SELF_ACTION_DESTROY
                               ? "quit" : het_self_action_to_string(action));
    }
}

/* Where a slave's core starts, and what comes when it stops itself */
static void add_slave_boot(Writer *w)
{
    const HetProcessor *proc = w->proc;
    GString *boot;

    if (!proc->has_entry && !proc->has_dtb && !proc->on_reboot &&
        !proc->on_poweroff) {
        return;
    }
    boot = g_string_new("slave-boot,id=" HET_SOC_BOOT_ID);
    if (proc->has_entry) {
        g_string_append_printf(boot, ",entry=" X64,
                               het_soc_start_address(proc));
    }
    if (proc->has_dtb) {
        g_string_append_printf(boot, ",dtb=" X64, proc->dtb);
    }
    add_self_action(boot, "self-reset", proc->on_reboot);
    add_self_action(boot, "self-shutdown", proc->on_poweroff);
    add_arg(w, "-object", g_string_free(boot, FALSE));
}

/* A slave's core, and what counts the accesses that nothing is there for */
static void add_core(Writer *w)
{
    const HetProcessor *proc = w->proc;

    set_subject(w, proc->is_master ? "master" : "slave", proc->name,
                proc->at);
    if (!proc->is_master) {
        add_slave_boot(w);
    }
    if (het_processor_has_unassigned(proc)) {
        add_arg(w, "-device",
                g_strdup("mmio-unassigned,id=" HET_SOC_UNASSIGNED_ID));
    }
}

/* What the IDM that carries the boot line of this core has besides */
static char *boot_properties(const Writer *w, const HetIdm *idm)
{
    GString *s = g_string_new(NULL);

    if (!w->proc->is_master &&
        het_soc_find_boot_idm(w->soc, w->proc) == idm) {
        g_string_append_printf(s, ",boot-peer=%s", w->soc->master->name);
        if (w->proc->answer_timeout) {
            g_string_append_printf(s, ",answer-timeout=%u",
                                   w->proc->answer_timeout);
        }
    }
    return g_string_free(s, FALSE);
}

static void add_endpoint(Writer *w, const HetIdm *idm, const HetEndpoint *e)
{
    const HetIdmModel *model = idm->model;
    g_autofree char *boot = boot_properties(w, idm);
    GString *s = g_string_new(model->name);

    g_string_append_printf(s, ",id=%s", idm->name);
    if (model->has_side) {
        g_string_append_printf(s, ",processor=%d",
                               e == idm->endpoints->pdata[0] ? 1 : 2);
    }
    if (!model->channels_fixed) {
        g_string_append_printf(s, ",channels=%u", idm->channels);
    }
    g_string_append_printf(s, ",addr=" X64, e->address);
    for (guint i = 0; model->lines[i]; i++) {
        g_string_append_printf(s, ",%s=%u", model->lines[i],
                               g_array_index(e->irqs, guint32, i));
    }
    g_string_append(s, boot);
    add_arg(w, "-device", g_string_free(s, FALSE));
}

static void add_idms(Writer *w)
{
    for (guint i = 0; i < w->soc->idms->len; i++) {
        const HetIdm *idm = w->soc->idms->pdata[i];
        const HetEndpoint *e = het_idm_find_endpoint(idm, w->proc->name);

        if (e) {
            set_subject(w, "idm", idm->name, e->at);
            add_endpoint(w, idm, e);
        }
    }
}

/* They may lie over stubs, which have to be there before. */
static void add_remoteprocs(Writer *w)
{
    if (!w->proc->is_master) {
        return;
    }
    for (guint i = 0; i < w->soc->remoteprocs->len; i++) {
        const HetRemoteproc *r = w->soc->remoteprocs->pdata[i];

        set_subject(w, "remoteproc of", r->slave, r->at);
        add_arg(w, "-device", het_qemu_place_remoteproc(r));
    }
}

static void add_placed(Writer *w)
{
    for (guint i = 0; i < w->proc->devices->len; i++) {
        const HetDevice *device = w->proc->devices->pdata[i];

        set_subject(w, "device", device->name, device->at);
        add_arg(w, "-device", het_qemu_place_device(device));
    }
    for (guint i = 0; i < w->proc->stubs->len; i++) {
        const HetStub *stub = w->proc->stubs->pdata[i];

        set_subject(w, "stub", stub->name, stub->at);
        add_arg(w, "-device", het_qemu_place_stub(stub));
    }
}

GPtrArray *het_qemu_args(const HetSoc *soc, const HetProcessor *proc,
                         const HetQemuFiles *files)
{
    Writer w = {
        .args = g_ptr_array_new_with_free_func(arg_free),
        .soc = soc, .proc = proc,
        .machine = het_machine_find(proc->arch, proc->machine),
        .files = files,
    };

    set_subject(&w, proc->is_master ? "master" : "slave", proc->name,
                proc->at);
    add_ticket(&w);
    add_kernel(&w);
    add_initrd(&w);
    add_dtb(&w);
    add_cpu(&w);
    add_firmware(&w);
    add_machine_options(&w);
    add_memory_size(&w);
    add_windows(&w);
    add_core(&w);
    add_idms(&w);
    add_placed(&w);
    add_remoteprocs(&w);
    return w.args;
}
