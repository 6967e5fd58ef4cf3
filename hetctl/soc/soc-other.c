/*
 * Another SoC that is like one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <string.h>

#include "soc/soc.h"
#include "soc/xml.h"

/* libvirt gives a card without one an address of its own. */
static void remove_addresses(xmlNode *interface)
{
    xmlNode *next;

    for (xmlNode *child = xmlFirstElementChild(interface); child;
         child = next) {
        next = xmlNextElementSibling(child);
        if (het_xml_is(child, "mac")) {
            xmlUnlinkNode(child);
            xmlFreeNode(child);
        }
    }
}

static void look_at_processor(xmlNode *processor)
{
    HET_XML_FOREACH(devices, processor) {
        if (!het_xml_is(devices, "devices")) {
            continue;
        }
        HET_XML_FOREACH(device, devices) {
            if (het_xml_is(device, "interface")) {
                remove_addresses(device);
            }
        }
    }
}

char *het_soc_format_other(const HetSoc *soc, const char *name)
{
    HetSoc other = *soc;
    g_autofree char *xml = NULL;
    g_autoptr(xmlDoc) doc = NULL;
    xmlChar *dump;
    char *text;

    other.name = (char *)name;
    other.uuid = NULL;
    xml = het_soc_format(&other);
    if (!strstr(xml, "<interface")) {
        return g_steal_pointer(&xml);
    }
    doc = het_xml_parse(xml, strlen(xml), name, NULL);
    g_return_val_if_fail(doc, g_steal_pointer(&xml));
    HET_XML_FOREACH(processor, xmlDocGetRootElement(doc)) {
        look_at_processor(processor);
    }
    xmlDocDumpMemory(doc, &dump, NULL);
    text = g_strdup((const char *)dump);
    xmlFree(dump);
    return text;
}
