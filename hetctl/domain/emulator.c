/*
 * The emulator of a processor: where it is, and whether it is the right one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/emulator.h"

#include <string.h>
#include <sys/stat.h>

#include "domain/domxml.h"
#include "domain/emulator-try.h"
#include "dt/overlay.h"
#include "util/error.h"

#define TIMEOUT_MS 30000
#define SLAVE_MEMORY "memory-backend-slave"

#define HOW_TO_FIX "'./bootstrap build' builds it, HETCTL_QEMU_DIR or " \
                   "<emulator> says where it is"

static char *default_path(const HetProcessor *proc)
{
    const char *name = het_domxml_emulator_name(proc->arch);
    const char *folder = g_getenv("HETCTL_QEMU_DIR");
    g_autofree char *path =
        g_build_filename(folder && *folder ? folder : HETCTL_PKGLIBEXECDIR,
                         name, NULL);

    return g_canonicalize_filename(path, NULL);
}

char *het_emulator_path(const HetProcessor *proc)
{
    return proc->emulator ? g_strdup(proc->emulator) : default_path(proc);
}

gboolean het_emulator_is_default(const HetProcessor *proc)
{
    g_autofree char *path = default_path(proc);
    struct stat a, b;

    return !proc->emulator ||
           (stat(proc->emulator, &a) == 0 && stat(path, &b) == 0 &&
            a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

static void fail_unpatched(const char *emulator, const char *what,
                           GError **error)
{
    g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                "emulator '%s' is not the patched one: it has no '%s'; "
                HOW_TO_FIX, emulator, what);
}

/*
 * Does @emulator speak of @what when it is asked? It is a program that the XML
 * may name, so it runs confined.
 */
static gboolean offers(const char *emulator, const char *option,
                       const char *value, const char *what, GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(HetScratch) folder = het_scratch_new(error);
    g_auto(HetProbe) probe = { .wants_all = TRUE };
    gboolean known;

    g_ptr_array_add(argv, (char *)emulator);
    g_ptr_array_add(argv, (char *)option);
    g_ptr_array_add(argv, (char *)value);
    if (!folder || !het_emulator_try(&probe, argv, "", folder, TIMEOUT_MS,
                                     error)) {
        return FALSE;
    }
    known = strstr(probe.output, what) != NULL;
    if (probe.exited && (!probe.status) != known) {
        /* It refuses the name, or does not list it. */
        fail_unpatched(emulator, what, error);
        return FALSE;
    }
    if (!probe.exited || probe.status) {
        g_strstrip(probe.output);
        g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                    "emulator '%s' does not run: %s; " HOW_TO_FIX, emulator,
                    *probe.output ? probe.output : "it says nothing");
        return FALSE;
    }
    return TRUE;
}

static gboolean check_processor(const HetSoc *soc, const HetProcessor *proc,
                                GHashTable *good, GError **error)
{
    g_autofree char *path = het_emulator_path(proc);

    if (!g_file_test(path, G_FILE_TEST_IS_EXECUTABLE)) {
        g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                    g_file_test(path, G_FILE_TEST_EXISTS)
                    ? "emulator '%s' is not executable; " HOW_TO_FIX
                    : "there is no emulator '%s'; " HOW_TO_FIX, path);
        return FALSE;
    }
    if (proc->is_master && het_overlay_needed(soc)) {
        g_autofree char *help = g_strconcat(proc->machine, ",help", NULL);

        if (!offers(path, "-machine", help, "dtb-overlay", error)) {
            return FALSE;
        }
    }
    if (g_hash_table_contains(good, path)) {
        return TRUE;
    }
    if (!offers(path, "-object", SLAVE_MEMORY ",help", SLAVE_MEMORY,
                error)) {
        return FALSE;
    }
    g_hash_table_add(good, g_steal_pointer(&path));
    return TRUE;
}

gboolean het_emulator_check(const HetSoc *soc, GError **error)
{
    g_autoptr(GHashTable) good = g_hash_table_new_full(g_str_hash, g_str_equal,
                                                       g_free, NULL);

    if (!check_processor(soc, soc->master, good, error)) {
        g_prefix_error(error, "processor '%s': ", soc->master->name);
        return FALSE;
    }
    for (guint i = 0; i < soc->slaves->len; i++) {
        HetProcessor *slave = g_ptr_array_index(soc->slaves, i);

        if (!check_processor(soc, slave, good, error)) {
            g_prefix_error(error, "processor '%s': ", slave->name);
            return FALSE;
        }
    }
    return TRUE;
}
