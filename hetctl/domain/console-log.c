/*
 * libvirt's logs of the serial ports of a processor
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/console-log.h"

#include <libxml/parser.h>
#include <string.h>

#include "soc/xml.h"

typedef xmlDoc LogDoc;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogDoc, xmlFreeDoc)

static void add_log(xmlNode *port, const char *folder, const char *domain,
                    guint number)
{
    g_autofree char *name = g_strdup_printf("%s-serial%u.log", domain,
                                            number);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    xmlNode *log;

    if (!het_xml_child(port, "log")) {
        log = xmlNewChild(port, NULL, BAD_CAST "log", NULL);
        xmlNewProp(log, BAD_CAST "file", BAD_CAST path);
        xmlNewProp(log, BAD_CAST "append", BAD_CAST "on");
    }
}

/* Of these libvirt has one serial port, as soc-parse.c counts them. */
static gboolean is_port(const xmlNode *console)
{
    const xmlNode *target = het_xml_child(console, "target");
    g_autofree char *type = target ? het_xml_attr(target, "type") : NULL;

    return !type || g_str_equal(type, "serial");
}

static void add_logs(xmlNode *devices, const char *folder, const char *domain)
{
    xmlNode *console = (xmlNode *)het_xml_child(devices, "console");
    guint number = 0;

    HET_XML_FOREACH(child, devices) {
        if (het_xml_is(child, "serial")) {
            add_log(child, folder, domain, number++);
        }
    }
    if (!number && console && is_port(console)) {
        add_log(console, folder, domain, 0);
    }
}

char *het_console_log_add(const char *devices, const char *folder,
                          const char *domain)
{
    g_autofree char *xml = g_strdup_printf("<devices>%s</devices>",
                                           devices ?: "");
    g_autoptr(LogDoc) doc = xmlReadMemory(xml, strlen(xml), NULL, NULL,
                                          XML_PARSE_NONET |
                                          XML_PARSE_NOBLANKS |
                                          XML_PARSE_NOERROR |
                                          XML_PARSE_NOWARNING);

    /* It was text of a document that could be parsed. */
    if (!devices || !doc) {
        return g_strdup(devices);
    }
    add_logs(xmlDocGetRootElement(doc), folder, domain);
    return het_xml_dump_children(xmlDocGetRootElement(doc), 2);
}
