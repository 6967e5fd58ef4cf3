/*
 * What happens in a SoC, as libvirt tells it; comes back when libvirtd does
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/monitor.h"

#include <libvirt/libvirt-qemu.h>
#include <string.h>

#include "domain/conn.h"
#include "domain/defined.h"
#include "domain/loop.h"
#include "qmp/json-text.h"
#include "util/error.h"
#include "util/interrupt.h"
#include "util/worker.h"

#define RECONNECT_MS 250
#define KEEPALIVE_S 5
#define KEEPALIVE_COUNT 3
#define CLOSE_MS 500

struct HetMonitor {
    char *uri;
    char *soc;
    HetMonitorFunc *func;
    void *opaque;
    virConnectPtr conn;
    int lifecycle;
    int reboot;
    int emulator;
    gboolean closed;
    gboolean wake;
    GHashTable *processors;     /* domain name -> processor, "" for others */
};

static const char *const emulator_events[] = {
    "SLAVE_STATE_CHANGED", "SLAVE_BOOT_REQUEST", "SLAVE_CRASHED",
    "IDM_CONNECTED", "IDM_PEER_LOST", "IDM_BOOT_IGNORED",
    "WATCHDOG_EXPIRED", "CORE_FAULT", "MEMORY_EXHAUSTED", NULL
};

HetMonitor *het_monitor_new(const char *uri, const char *soc,
                            HetMonitorFunc *func, void *opaque)
{
    HetMonitor *m = g_new0(HetMonitor, 1);

    m->uri = g_strdup(uri);
    m->soc = g_strdup(soc);
    m->func = func;
    m->opaque = opaque;
    m->lifecycle = m->reboot = m->emulator = -1;
    m->processors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                          g_free);
    return m;
}

/* Also of a SoC whose name begins like ours: only the metadata can tell. */
static const char *processor_of(HetMonitor *m, virDomainPtr domain)
{
    const char *name = virDomainGetName(domain);
    char *processor = g_hash_table_lookup(m->processors, name);

    if (!processor) {
        g_autofree char *soc = NULL;

        if (!g_str_has_prefix(name, m->soc)) {
            return NULL;
        }
        processor = het_defined_processor_of(domain, &soc);
        if (!processor || strcmp(soc, m->soc)) {
            g_free(processor);
            processor = g_strdup("");
        }
        g_hash_table_insert(m->processors, g_strdup(name), processor);
    }
    return *processor ? processor : NULL;
}

static void tell(HetMonitor *m, gint64 time_us, const char *processor,
                 const char *name, JsonObject *data)
{
    const HetEvent event = {
        .time_us = time_us,
        .soc = m->soc,
        .processor = processor,
        .name = name,
        .data = data,
    };

    m->func(&event, m->opaque);
}

void het_monitor_tell(HetMonitor *m, const char *processor, const char *name,
                      JsonObject *data)
{
    tell(m, g_get_real_time(), processor, name, data);
}

static const char *lifecycle_name(int event)
{
    switch (event) {
    case VIR_DOMAIN_EVENT_STARTED:
        return "DOMAIN_STARTED";
    case VIR_DOMAIN_EVENT_SUSPENDED:
        return "DOMAIN_SUSPENDED";
    case VIR_DOMAIN_EVENT_RESUMED:
        return "DOMAIN_RESUMED";
    case VIR_DOMAIN_EVENT_STOPPED:
        return "DOMAIN_STOPPED";
    case VIR_DOMAIN_EVENT_SHUTDOWN:
        return "DOMAIN_SHUTDOWN";
    case VIR_DOMAIN_EVENT_CRASHED:
        return "DOMAIN_CRASHED";
    default:
        return NULL;
    }
}

static const char *stop_reason(int detail)
{
    static const char *const reasons[] = {
        [VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN] = "shutdown",
        [VIR_DOMAIN_EVENT_STOPPED_DESTROYED] = "destroyed",
        [VIR_DOMAIN_EVENT_STOPPED_CRASHED] = "crashed",
        [VIR_DOMAIN_EVENT_STOPPED_MIGRATED] = "migrated",
        [VIR_DOMAIN_EVENT_STOPPED_SAVED] = "saved",
        [VIR_DOMAIN_EVENT_STOPPED_FAILED] = "failed",
    };

    return detail >= 0 && (gsize)detail < G_N_ELEMENTS(reasons)
           ? reasons[detail] : "unknown";
}

static int on_lifecycle(virConnectPtr conn, virDomainPtr domain, int event,
                        int detail, void *opaque)
{
    HetMonitor *m = opaque;
    const char *processor = processor_of(m, domain);
    const char *name = lifecycle_name(event);
    g_autoptr(JsonObject) data = NULL;

    if (event == VIR_DOMAIN_EVENT_DEFINED ||
        event == VIR_DOMAIN_EVENT_UNDEFINED) {
        /* It may be another one's now. */
        g_hash_table_remove(m->processors, virDomainGetName(domain));
        return 0;
    }
    if (!processor || !name) {
        return 0;
    }
    if (event == VIR_DOMAIN_EVENT_STOPPED) {
        data = json_object_new();
        json_object_set_string_member(data, "reason", stop_reason(detail));
    }
    het_monitor_tell(m, processor, name, data);
    return 0;
}

static void on_reboot(virConnectPtr conn, virDomainPtr domain, void *opaque)
{
    HetMonitor *m = opaque;
    const char *processor = processor_of(m, domain);

    if (processor) {
        het_monitor_tell(m, processor, "DOMAIN_REBOOTED", NULL);
    }
}

static void on_emulator(virConnectPtr conn, virDomainPtr domain,
                        const char *event, long long seconds,
                        unsigned int micros, const char *details,
                        void *opaque)
{
    HetMonitor *m = opaque;
    g_autoptr(JsonNode) node = NULL;
    const char *processor;

    if (!g_strv_contains(emulator_events, event)) {
        return;
    }
    processor = processor_of(m, domain);
    if (!processor) {
        return;
    }
    node = details ? het_json_parse(details) : NULL;
    tell(m, seconds * G_USEC_PER_SEC + micros, processor, event,
         node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node)
                                              : NULL);
}

static void on_close(virConnectPtr conn, int reason, void *opaque)
{
    HetMonitor *m = opaque;

    m->closed = TRUE;
    m->wake = TRUE;
}

static gboolean listen(HetMonitor *m, GError **error)
{
    virConnectPtr c = m->conn;

    m->lifecycle = virConnectDomainEventRegisterAny(
        c, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
        VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle), m, NULL);
    m->reboot = virConnectDomainEventRegisterAny(
        c, NULL, VIR_DOMAIN_EVENT_ID_REBOOT,
        VIR_DOMAIN_EVENT_CALLBACK(on_reboot), m, NULL);
    m->emulator = virConnectDomainQemuMonitorEventRegister(
        c, NULL, NULL, on_emulator, m, NULL, 0);
    if (m->lifecycle < 0 || m->reboot < 0 || m->emulator < 0 ||
        virConnectRegisterCloseCallback(c, on_close, m, NULL) < 0) {
        het_conn_set_error(error, HET_ERROR_LIBVIRT,
                           "cannot listen to libvirt's events");
        return FALSE;
    }
    return TRUE;
}

typedef struct {
    virConnectPtr conn;
    int lifecycle;
    int reboot;
    int emulator;
} Closing;

/* All in here waits for libvirtd. */
static gboolean close_it(gpointer data, GError **error)
{
    Closing *c = data;

    virConnectUnregisterCloseCallback(c->conn, on_close);
    if (c->lifecycle >= 0) {
        virConnectDomainEventDeregisterAny(c->conn, c->lifecycle);
    }
    if (c->reboot >= 0) {
        virConnectDomainEventDeregisterAny(c->conn, c->reboot);
    }
    if (c->emulator >= 0) {
        virConnectDomainQemuMonitorEventDeregister(c->conn, c->emulator);
    }
    virConnectClose(c->conn);
    return TRUE;
}

/* FALSE: what gives us events may go on for a while. */
static gboolean close_conn(HetMonitor *m)
{
    Closing *c;
    gboolean given_up;

    if (!m->conn) {
        return TRUE;
    }
    c = g_atomic_rc_box_new0(Closing);
    *c = (Closing) { m->conn, m->lifecycle, m->reboot, m->emulator };
    m->conn = NULL;
    m->lifecycle = m->reboot = m->emulator = -1;
    het_interrupt_defer();
    het_worker_run(close_it, c, NULL, CLOSE_MS, &given_up, NULL);
    het_interrupt_heed();
    g_atomic_rc_box_release(c);
    return !given_up;
}

gboolean het_monitor_open(HetMonitor *m, GError **error)
{
    m->closed = FALSE;
    m->conn = het_conn_open(m->uri, error);
    if (!m->conn) {
        return FALSE;
    }
    /* A libvirtd that hangs is as good as none. */
    virConnectSetKeepAlive(m->conn, KEEPALIVE_S, KEEPALIVE_COUNT);
    if (!listen(m, error)) {
        close_conn(m);
        return FALSE;
    }
    return TRUE;
}

virConnectPtr het_monitor_get_conn(HetMonitor *m)
{
    return m->conn;
}

void het_monitor_free(HetMonitor *m)
{
    /* Better lost than used by an event that comes late */
    if (m && close_conn(m)) {
        g_hash_table_unref(m->processors);
        g_free(m->uri);
        g_free(m->soc);
        g_free(m);
    }
}

static gboolean reconnect(HetMonitor *m, GError **error)
{
    gboolean never = FALSE;

    close_conn(m);
    het_monitor_tell(m, NULL, "LIBVIRT_LOST", NULL);
    while (!het_monitor_open(m, NULL)) {
        if (!het_loop_run(&never, RECONNECT_MS, error)) {
            return FALSE;
        }
    }
    het_monitor_tell(m, NULL, "LIBVIRT_CONNECTED", NULL);
    return TRUE;
}

void het_monitor_wake(HetMonitor *m)
{
    m->wake = TRUE;
}

gboolean het_monitor_run(HetMonitor *m, int timeout_ms, GError **error)
{
    gboolean ok = het_loop_run(&m->wake, timeout_ms, error);

    m->wake = FALSE;
    return ok && (!m->closed || reconnect(m, error));
}
