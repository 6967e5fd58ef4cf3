/*
 * Running an emulator for what it says, without a guest
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/emulator-try.h"

#include <string.h>

#include "domain/qemu-args.h"

#define SANDBOX "on,obsolete=deny,elevateprivileges=deny,spawn=deny," \
                "resourcecontrol=deny"

static void add_strings(GPtrArray *argv, const char *const *strings)
{
    for (; *strings; strings++) {
        g_ptr_array_add(argv, (char *)*strings);
    }
}

static gboolean run(HetProbe *probe, const GPtrArray *argv, gboolean sandbox,
                    const char *input, const HetScratch *folder,
                    guint timeout_ms, GError **error)
{
    static const char *const fixed[] = {
        "-no-user-config", "-nodefaults", "-display", "none", "-nic", "none",
        NULL,
    };
    static const char *const sandboxed[] = { "-sandbox", SANDBOX, NULL };
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_auto(GStrv) env = g_environ_setenv(g_get_environ(), HET_QEMU_ENV_NAME,
                                         HET_QEMU_ENV_VALUE, TRUE);
    gboolean ok;

    g_ptr_array_add(all, argv->pdata[0]);
    add_strings(all, fixed);
    if (sandbox) {
        add_strings(all, sandboxed);
    }
    for (guint i = 1; i < argv->len; i++) {
        g_ptr_array_add(all, argv->pdata[i]);
    }
    g_ptr_array_add(all, NULL);
    probe->env = env;
    ok = het_probe_run(probe, (const char *const *)all->pdata, input, folder,
                       timeout_ms, error);
    probe->env = NULL;
    return ok;
}

/* One that was built without seccomp refuses the option before all others. */
gboolean het_emulator_try(HetProbe *probe, const GPtrArray *argv,
                          const char *input, const HetScratch *folder,
                          guint timeout_ms, GError **error)
{
    if (!run(probe, argv, TRUE, input, folder, timeout_ms, error)) {
        return FALSE;
    }
    if (!probe->exited || !probe->status ||
        !strstr(probe->output, " -sandbox")) {
        return TRUE;
    }
    het_probe_clear(probe);
    return run(probe, argv, FALSE, input, folder, timeout_ms, error);
}
