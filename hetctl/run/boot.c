/*
 * hetctl boot and shutdown of one slave
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/boot.h"

#include "domain/memory.h"
#include "domain/run-mark.h"
#include "image/firmware.h"
#include "run/host-note.h"
#include "run/running-slave.h"
#include "run/slave.h"

/*
 * Which boot has which file, so that addresses can be told as symbols.  A core
 * that waits for its memory boots later.
 */
static void remember(HetRunningSlave *t, const char *firmware)
{
    g_autofree char *path = g_canonicalize_filename(firmware, NULL);
    g_autofree char *old = het_run_mark_get(t->defined, t->slave->name,
                                            HET_RUN_MARK_FIRMWARE);
    g_autoptr(HetSlaveInfo) info = NULL;
    g_autofree char *boot = NULL;

    /* The <kernel> is known without; most boots write nothing. */
    if (!old && !g_strcmp0(path, t->slave->kernel)) {
        return;
    }
    info = het_qmp_query_slave(t->qmp, NULL);
    if (!info) {
        return;
    }
    boot = g_strdup_printf("%" G_GUINT64_FORMAT, info->boots +
                           (info->state == HET_CORE_WAIT_MEMORY));
    het_run_mark_set(t->defined, t->slave->name, HET_RUN_MARK_FIRMWARE, path,
                     HET_RUN_MARK_BOOT, boot);
}

/* Nothing is written before memory and file are known to be good. */
static HetFirmware *load(const HetRunningSlave *t, const char *path,
                         GError **error)
{
    g_autoptr(HetSegment) segment = het_memory_open(t->defined, error);
    g_autoptr(HetFirmware) image =
        segment ? het_firmware_open(t->defined->soc, t->slave, path, error)
                : NULL;

    return image && het_firmware_write(image, segment, error)
           ? g_steal_pointer(&image) : NULL;
}

/* One that hangs is waited for once. */
static gboolean note(HetRunningSlave *t, GError **error)
{
    g_autoptr(HetSlaveInfo) info = het_qmp_query_slave(t->qmp, error);

    if (info) {
        het_host_note(t->qmp);
    }
    return info != NULL;
}

static gboolean boot(HetRunningSlave *t, const HetBootOptions *options,
                     GError **error)
{
    const char *firmware = options->firmware ?: t->slave->kernel;
    g_autoptr(HetFirmware) image = NULL;

    if (!het_running_slave_require_soc(t, error)) {
        return FALSE;
    }
    /* Before anything is written; one that hangs is waited for once. */
    if (!het_slave_require_stopped(t->qmp, error)) {
        return FALSE;
    }
    if (firmware) {
        image = load(t, options->firmware, error);
        if (!image) {
            return FALSE;
        }
    }
    het_host_note(t->qmp);
    if (!het_slave_boot(t->qmp, t->defined, t->slave, image, error)) {
        return FALSE;
    }
    if (firmware) {
        remember(t, firmware);
    }
    return TRUE;
}

gboolean het_boot(virConnectPtr conn, const char *soc, const char *slave,
                  const HetBootOptions *options, GError **error)
{
    g_auto(HetRunningSlave) t = { 0 };

    if (!het_running_slave_open(&t, conn, soc, slave, error)) {
        return FALSE;
    }
    if (boot(&t, options, error)) {
        /* Others may shut down or destroy what does not come up. */
        g_clear_pointer(&t.lock, het_lock_release);
        if (!options->wait ||
            het_slave_wait_running(t.qmp, options->timeout_s, error)) {
            return TRUE;
        }
    }
    g_prefix_error(error, "soc '%s': slave '%s': ", soc, slave);
    return FALSE;
}

gboolean het_boot_shutdown(virConnectPtr conn, const char *soc,
                           const char *slave, GError **error)
{
    g_auto(HetRunningSlave) t = { 0 };

    if (!het_running_slave_open(&t, conn, soc, slave, error)) {
        return FALSE;
    }
    if (!note(&t, error) || !het_slave_shutdown(t.qmp, t.slave, error)) {
        g_prefix_error(error, "soc '%s': slave '%s': ", soc, slave);
        return FALSE;
    }
    return TRUE;
}

gboolean het_boot_reset(virConnectPtr conn, const char *soc,
                        const char *slave, GError **error)
{
    g_auto(HetRunningSlave) t = { 0 };

    if (!het_running_slave_open(&t, conn, soc, slave, error)) {
        return FALSE;
    }
    if (!note(&t, error) || !het_slave_hold(t.qmp, t.slave, error)) {
        g_prefix_error(error, "soc '%s': slave '%s': ", soc, slave);
        return FALSE;
    }
    return TRUE;
}
