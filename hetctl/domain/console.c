/*
 * The consoles of a processor: its serial ports
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/console.h"

#include <string.h>

#include "domain/call.h"
#include "domain/conn-place.h"
#include "domain/conn.h"
#include "domain/console-log.h"
#include "soc/xpath.h"
#include "util/error.h"

#define PORTS_MAX 64

static void port_free(HetConsolePort *port)
{
    g_free(port->type);
    g_free(port->alias);
    g_free(port->device);
    g_free(port->log);
    g_free(port);
}

static char *device_of(const HetDefined *defined, const HetPart *part,
                       guint number)
{
    const HetProcessor *proc =
        defined->soc ? het_soc_find_processor(defined->soc, part->name)
                     : NULL;

    for (guint i = 0; proc && i < proc->devices->len; i++) {
        const HetDevice *device = g_ptr_array_index(proc->devices, i);

        if (device->serial >= 0 && (guint)device->serial == number) {
            return g_strdup(device->name);
        }
    }
    return NULL;
}

static char *get(const char *xml, const char *element, guint number,
                 const char *what)
{
    g_autofree char *path = g_strdup_printf("string(/domain/devices/%s[%u]%s)",
                                            element, number + 1, what);

    return het_xpath_string(xml, path);
}

static HetConsolePort *read_port(const char *xml, const char *element,
                                 guint number)
{
    g_autofree char *type = get(xml, element, number, "/@type");
    HetConsolePort *port;

    if (!type) {
        return NULL;
    }
    port = g_new0(HetConsolePort, 1);
    port->number = number;
    port->type = g_steal_pointer(&type);
    port->alias = get(xml, element, number, "/alias/@name");
    port->log = get(xml, element, number, "/log/@file");
    return port;
}

/* As 'define' has written it; NULL: it is not known */
static char *as_defined(const HetDefined *defined, const HetPart *part)
{
    const HetProcessor *proc =
        defined->soc ? het_soc_find_processor(defined->soc, part->name)
                     : NULL;
    g_autofree char *folder =
        het_conn_log_folder(virDomainGetConnect(part->domain));
    g_autofree char *devices = NULL;

    if (!proc) {
        return NULL;
    }
    devices = folder ? het_console_log_add(proc->devices_xml, folder,
                                           virDomainGetName(part->domain))
                     : g_strdup(proc->devices_xml);
    return g_strdup_printf("<domain><devices>%s</devices></domain>",
                           devices ?: "");
}

/*
 * Of a domain whose emulator does not answer libvirt may say nothing: then the
 * ports have the aliases that libvirt gives them.
 */
static char *read_xml(const HetDefined *defined, const HetPart *part,
                      gboolean *has_aliases, GError **error)
{
    g_autoptr(GError) cause = NULL;
    char *xml = het_call_get_xml(part->domain, 0, &cause);

    if (!xml && g_error_matches(cause, HET_ERROR, HET_ERROR_TIMEOUT)) {
        xml = as_defined(defined, part);
        *has_aliases = FALSE;
    }
    if (!xml) {
        g_propagate_prefixed_error(error, g_steal_pointer(&cause),
                                   "processor '%s': cannot read its domain: ",
                                   part->name);
    }
    return xml;
}

GPtrArray *het_console_list(const HetDefined *defined, const HetPart *part,
                            GError **error)
{
    gboolean has_aliases = TRUE;
    g_autofree char *xml = read_xml(defined, part, &has_aliases, error);
    GPtrArray *ports;
    HetConsolePort *port;

    if (!xml) {
        return NULL;
    }
    ports = g_ptr_array_new_with_free_func((GDestroyNotify)port_free);
    while (ports->len < PORTS_MAX &&
           (port = read_port(xml, "serial", ports->len))) {
        port->device = device_of(defined, part, ports->len);
        g_ptr_array_add(ports, port);
    }
    if (!ports->len && (port = read_port(xml, "console", 0))) {
        g_ptr_array_add(ports, port);
    }
    for (guint i = 0; !has_aliases && i < ports->len; i++) {
        port = g_ptr_array_index(ports, i);
        port->alias = g_strdup_printf("serial%u", i);
    }
    return ports;
}

char *het_console_name(const HetConsolePort *port)
{
    return port->device ? g_strdup(port->device)
                        : g_strdup_printf("serial%u", port->number);
}

static gboolean is_named(const HetConsolePort *port, const char *which)
{
    g_autofree char *number = g_strdup_printf("%u", port->number);

    return !strcmp(which, number) || !g_strcmp0(port->device, which);
}

/* "0 (uart7), 1 (usart3)" */
static char *what_there_is(const GPtrArray *ports)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < ports->len; i++) {
        const HetConsolePort *port = g_ptr_array_index(ports, i);

        g_string_append_printf(text, "%s%u", i ? ", " : "", port->number);
        if (port->device) {
            g_string_append_printf(text, " (%s)", port->device);
        }
    }
    return g_string_free(text, FALSE);
}

const HetConsolePort *het_console_find(const GPtrArray *ports,
                                       const HetPart *part, const char *which,
                                       GError **error)
{
    g_autofree char *all = what_there_is(ports);

    if (!ports->len) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "processor '%s' has no console; <serial type='pty'/> "
                    "among its <devices> gives it one", part->name);
        return NULL;
    }
    for (guint i = 0; i < ports->len; i++) {
        const HetConsolePort *port = g_ptr_array_index(ports, i);

        if (!which || is_named(port, which)) {
            return port;
        }
    }
    g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                "processor '%s' has no serial port '%s'; there is %s",
                part->name, which, all);
    return NULL;
}
