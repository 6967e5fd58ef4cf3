/*
 * What only the emulator knows of <device>s: types, properties, sizes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/dry-run.h"

#include <string.h>

#include "domain/emulator.h"
#include "domain/emulator-try.h"
#include "domain/qemu-args.h"

#define TIMEOUT_MS 60000
#define TEXT_MAX 400            /* characters of the emulator's words */

/* The monitor reads it when all devices have been made. */
#define QUIT "{\"execute\": \"qmp_capabilities\"}\n{\"execute\": \"quit\"}\n"

/* Takes @value. */
static void add(GPtrArray *argv, const char *option, char *value)
{
    g_ptr_array_add(argv, g_strdup(option));
    g_ptr_array_add(argv, value);
}

static GPtrArray *make_argv(const HetProcessor *proc, const char *emulator,
                            const GPtrArray *args)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_strdup(emulator));
    g_ptr_array_add(argv, g_strdup("-S"));
    add(argv, "-qmp", g_strdup("stdio"));
    add(argv, "-machine", g_strdup(proc->machine));
    if (proc->cpu_model) {
        add(argv, "-cpu", g_strdup(proc->cpu_model));
    }
    add(argv, "-smp", g_strdup_printf("%u", proc->vcpus));
    for (guint i = 0; i < proc->serials; i++) {
        add(argv, "-chardev", g_strdup_printf("null,id=charserial%u", i));
    }
    for (guint i = 0; i < args->len; i++) {
        const HetQemuArg *arg = args->pdata[i];

        add(argv, arg->option, g_strdup(arg->value));
    }
    return argv;
}

/* The rest of the line, made fit for a message */
static char *words(const char *text)
{
    g_autofree char *line = g_strndup(text, strcspn(text, "\r\n"));
    char *end = line;

    for (guint n = 0; *end && n < TEXT_MAX; n++) {
        end = g_utf8_next_char(end);
    }
    *end = '\0';
    g_strstrip(line);
    return *line ? g_steal_pointer(&line) : g_strdup("it says nothing");
}

/* What stands behind "-device VALUE: ", or NULL */
static const char *find_words(const char *output, const HetQemuArg *arg)
{
    g_autofree char *head = g_strdup_printf(" %s %s: ", arg->option,
                                            arg->value);
    const char *found = strstr(output, head);

    return found ? found + strlen(head) : NULL;
}

/* "qemu-system-arm: text" */
static const char *without_program(const char *output)
{
    const char *colon = strstr(output, ": ");

    return g_str_has_prefix(output, "qemu-system-") && colon
           ? colon + strlen(": ") : output;
}

void het_dry_run_explain(const HetProcessor *proc, GPtrArray *args,
                         const char *output, GError **error)
{
    g_autofree char *text = NULL;

    for (guint i = 0; i < args->len; i++) {
        const HetQemuArg *arg = args->pdata[i];
        const char *found = find_words(output, arg);

        if (found) {
            text = words(found);
            het_xml_location_fail(error, arg->at,
                                  "%s of processor '%s': the "
                                  "emulator refuses it: %s",
                                  arg->what, proc->name, text);
            return;
        }
    }
    text = words(without_program(output));
    het_xml_location_fail(error, proc->at,
                          "processor '%s': the emulator refuses "
                          "it: %s",
                          proc->name, text);
}

static gboolean run(const HetProcessor *proc, const char *emulator,
                    GPtrArray *args, GError **error)
{
    g_autoptr(GPtrArray) argv = make_argv(proc, emulator, args);
    g_autoptr(HetScratch) folder = het_scratch_new(error);
    g_auto(HetProbe) probe = { 0 };
    g_autofree char *text = NULL;

    if (!folder || !het_emulator_try(&probe, argv, QUIT, folder, TIMEOUT_MS,
                                     error)) {
        g_prefix_error(error, "trying the devices of processor '%s': ",
                       proc->name);
        return FALSE;
    }
    if (!probe.exited) {
        text = words(probe.output);
        g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                    "trying the devices of processor '%s': '%s' ended by "
                    "signal %d: %s", proc->name, emulator, probe.status,
                    text);
        return FALSE;
    }
    if (probe.status) {
        het_dry_run_explain(proc, args, probe.output, error);
        return FALSE;
    }
    return TRUE;
}

static gboolean try_processor(const HetSoc *soc, const HetProcessor *proc,
                              HetDryRunFlags flags,
                              const HetProcessor **untried, GError **error)
{
    const HetQemuFiles none = { NULL };
    g_autofree char *emulator = het_emulator_path(proc);
    g_autoptr(GPtrArray) args = NULL;

    if (!proc->devices->len) {
        return TRUE;
    }
    if ((!het_emulator_is_default(proc) &&
         !(flags & HET_DRY_RUN_OWN_EMULATOR)) ||
        !g_file_test(emulator, G_FILE_TEST_IS_EXECUTABLE)) {
        *untried = proc;
        return TRUE;
    }
    args = het_qemu_args(soc, proc, &none);
    return run(proc, emulator, args, error);
}

gboolean het_dry_run(const HetSoc *soc, HetDryRunFlags flags,
                     const HetProcessor **untried, GError **error)
{
    const HetProcessor *ignored;

    untried = untried ?: &ignored;
    *untried = NULL;
    if (!try_processor(soc, soc->master, flags, untried, error)) {
        return FALSE;
    }
    for (guint i = 0; i < soc->slaves->len; i++) {
        if (!try_processor(soc, soc->slaves->pdata[i], flags, untried,
                           error)) {
            return FALSE;
        }
    }
    return TRUE;
}
