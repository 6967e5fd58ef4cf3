/*
 * A running slave: its windows and its core
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/slave.h"

#include <string.h>

#include "domain/memory.h"
#include "util/error.h"

#define POLL_US 2000

static gboolean is_attached(const HetSlaveInfo *info, const char *id)
{
    for (guint i = 0; info && i < info->windows->len; i++) {
        const HetSlaveWindow *window = g_ptr_array_index(info->windows, i);

        if (!strcmp(window->id, id)) {
            return window->attached;
        }
    }
    return FALSE;
}

static gboolean attach_window(HetQmp *qmp, const HetWindow *window, int fd,
                              GError **error)
{
    g_autofree char *fdname = g_strdup_printf("het-window-%s", window->id);

    if (het_qmp_getfd(qmp, fdname, fd, error) &&
        het_qmp_slave_attach_memory(qmp, window->id, fdname,
                                    window->segment_offset, window->size,
                                    error)) {
        return TRUE;
    }
    /* Nothing may keep the segment open; most failures have closed it. */
    het_qmp_closefd(qmp, fdname, NULL);
    g_prefix_error(error, "attaching window '%s': ", window->id);
    return FALSE;
}

gboolean het_slave_attach(HetQmp *qmp, const HetSoc *soc,
                          const HetProcessor *slave,
                          const HetSegment *segment,
                          const HetSlaveInfo *info, GError **error)
{
    g_autoptr(GPtrArray) windows = het_soc_get_windows(soc, slave);

    for (guint i = 0; i < windows->len; i++) {
        const HetWindow *window = g_ptr_array_index(windows, i);

        if (!is_attached(info, window->id) &&
            !attach_window(qmp, window, het_segment_get_fd(segment), error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* NULL: it does not answer, or runs. */
static HetSlaveInfo *query_stopped(HetQmp *qmp, GError **error)
{
    g_autoptr(HetSlaveInfo) info = het_qmp_query_slave(qmp, error);

    if (info && info->state == HET_CORE_RUNNING) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "the core already runs");
        return NULL;
    }
    return g_steal_pointer(&info);
}

gboolean het_slave_require_stopped(HetQmp *qmp, GError **error)
{
    g_autoptr(HetSlaveInfo) info = query_stopped(qmp, error);

    return info != NULL;
}

static gboolean attach_missing(HetQmp *qmp, const HetDefined *defined,
                               const HetProcessor *slave,
                               const HetSlaveInfo *info, GError **error)
{
    g_autoptr(HetSegment) segment = het_memory_open(defined, error);

    return segment && het_slave_attach(qmp, defined->soc, slave, segment,
                                       info, error);
}

static gboolean release(HetQmp *qmp, const HetProcessor *slave,
                        const HetFirmware *image, GError **error)
{
    guint64 entry = image ? het_firmware_entry(image) : 0;
    gboolean needs_entry = image && het_firmware_needs_entry(slave);

    return het_qmp_slave_boot(qmp, needs_entry ? &entry : NULL,
                              image ? het_firmware_resource_table(image) : 0,
                              error);
}

gboolean het_slave_boot(HetQmp *qmp, const HetDefined *defined,
                        const HetProcessor *slave, const HetFirmware *image,
                        GError **error)
{
    g_autoptr(HetSlaveInfo) info = query_stopped(qmp, error);

    if (!info) {
        return FALSE;
    }
    if (info->state == HET_CORE_CRASHED && !het_qmp_slave_reset(qmp, error)) {
        return FALSE;
    }
    if (info->state == HET_CORE_WAIT_MEMORY &&
        !attach_missing(qmp, defined, slave, info, error)) {
        return FALSE;
    }
    return release(qmp, slave, image, error);
}

gboolean het_slave_set_crashed(const HetSlaveInfo *info, GError **error)
{
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "the core crashed: %s%s%s", info->reason ?: "no reason known",
                info->message ? ": " : "", info->message ?: "");
    return FALSE;
}

gboolean het_slave_wait_running(HetQmp *qmp, guint timeout_s, GError **error)
{
    gint64 deadline = g_get_monotonic_time() + timeout_s * G_USEC_PER_SEC;

    for (;;) {
        g_autoptr(HetSlaveInfo) info = het_qmp_query_slave(qmp, error);

        if (!info || info->state == HET_CORE_RUNNING) {
            return info != NULL;
        }
        if (info->state == HET_CORE_CRASHED) {
            return het_slave_set_crashed(info, error);
        }
        if (g_get_monotonic_time() >= deadline) {
            g_set_error(error, HET_ERROR, HET_ERROR_TIMEOUT,
                        "the core does not run after %u s, it is in state "
                        "'%s'", timeout_s, het_core_state_name(info->state));
            return FALSE;
        }
        g_usleep(POLL_US);
    }
}

gboolean het_slave_hold(HetQmp *qmp, const HetProcessor *slave,
                        GError **error)
{
    return het_qmp_slave_reset(qmp, error) &&
           (slave->boot_attach != HET_BOOT_ATTACH_REQUEST ||
            het_qmp_slave_detach_memory(qmp, NULL, FALSE, error));
}

gboolean het_slave_shutdown(HetQmp *qmp, const HetProcessor *slave,
                            GError **error)
{
    g_autoptr(HetSlaveInfo) info = het_qmp_query_slave(qmp, error);

    if (!info) {
        return FALSE;
    }
    if (info->state != HET_CORE_RUNNING && info->state != HET_CORE_CRASHED &&
        !info->released) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "the core does not run, it is in state '%s'",
                    het_core_state_name(info->state));
        return FALSE;
    }
    return het_slave_hold(qmp, slave, error);
}
