/*
 * The device tree that QEMU's machine makes of itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/machine-dtb.h"

#include "domain/emulator.h"
#include "domain/emulator-try.h"
#include "domain/qemu-args.h"
#include "util/error.h"
#include "util/read-beneath.h"

#define TIMEOUT_MS 30000
/* Those of QEMU 10.0 have 1 MiB. */
#define DTB_MAX (4 << 20)
#define DTB_NAME "dtb"

G_GNUC_PRINTF(2, 3)
static void add_argf(GPtrArray *argv, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    g_ptr_array_add(argv, g_strdup_vprintf(format, ap));
    va_end(ap);
}

static char *machine_argument(const HetProcessor *proc, const char *dtb)
{
    g_autofree char *path = het_qemu_escape(dtb);
    GString *text = g_string_new(proc->machine);

    for (guint i = 0; i < proc->options->len; i++) {
        const HetOption *option = g_ptr_array_index(proc->options, i);
        g_autofree char *value = het_qemu_escape(option->value);

        g_string_append_printf(text, ",%s=%s", option->name, value);
    }
    g_string_append_printf(text, ",dumpdtb=%s", path);
    return g_string_free(text, FALSE);
}

static GPtrArray *arguments(const HetProcessor *proc, guint64 ram,
                            const char *dtb)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, het_emulator_path(proc));
    add_argf(argv, "-machine");
    g_ptr_array_add(argv, machine_argument(proc, dtb));
    if (proc->cpu_model) {
        add_argf(argv, "-cpu");
        add_argf(argv, "%s", proc->cpu_model);
    }
    add_argf(argv, "-smp");
    add_argf(argv, "%u", proc->vcpus);
    add_argf(argv, "-m");
    add_argf(argv, "%" G_GUINT64_FORMAT "k", ram / 1024);
    if (g_str_has_prefix(proc->arch, "riscv")) {
        /* else it looks for a firmware of its own */
        add_argf(argv, "-bios");
        add_argf(argv, "none");
    }
    return argv;
}

static gboolean run(const GPtrArray *argv, const HetScratch *folder,
                    GError **error)
{
    g_auto(HetProbe) probe = { 0 };

    if (!het_emulator_try(&probe, argv, "", folder, TIMEOUT_MS, error)) {
        return FALSE;
    }
    if (probe.exited && probe.status == 0) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                "emulator '%s' failed%s%s", (char *)argv->pdata[0],
                *g_strstrip(probe.output) ? ": " : "", probe.output);
    return FALSE;
}

GBytes *het_machine_dtb(const HetProcessor *proc, guint64 ram, GError **error)
{
    g_autoptr(HetScratch) folder = het_scratch_new(error);
    g_autofree char *dtb = NULL;
    g_autoptr(GPtrArray) argv = NULL;
    g_autoptr(GError) failure = NULL;
    HetFileId id;
    char *data;
    gsize size;

    if (!folder) {
        return NULL;
    }
    dtb = het_scratch_file(folder, DTB_NAME);
    argv = arguments(proc, ram, dtb);
    if (!run(argv, folder, error)) {
        g_prefix_error(error, "asking machine '%s' for its device tree: ",
                       proc->machine);
        return NULL;
    }
    if (!het_read_beneath(het_scratch_path(folder), DTB_NAME, DTB_MAX, &data,
                          &size, &id, &failure)) {
        g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                    "machine '%s' made no device tree: %s", proc->machine,
                    failure->message);
        return NULL;
    }
    return g_bytes_new_take(data, size);
}
