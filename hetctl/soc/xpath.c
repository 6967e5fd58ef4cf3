/*
 * Pieces of an XML text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/xpath.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <string.h>

#include "soc/soc.h"

typedef xmlXPathContext XPathContext;
typedef xmlXPathObject XPathObject;
typedef xmlDoc XmlDoc;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XPathContext, xmlXPathFreeContext)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XPathObject, xmlXPathFreeObject)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmlDoc, xmlFreeDoc)

static XmlDoc *parse(const char *xml)
{
    return xml ? xmlReadMemory(xml, strlen(xml), NULL, NULL,
                               XML_PARSE_NONET | XML_PARSE_NOERROR |
                               XML_PARSE_NOWARNING) : NULL;
}

static XPathObject *eval(XmlDoc *doc, const char *path)
{
    g_autoptr(XPathContext) context = doc ? xmlXPathNewContext(doc) : NULL;

    if (!context) {
        return NULL;
    }
    xmlXPathRegisterNs(context, BAD_CAST "het", BAD_CAST HET_SOC_NAMESPACE);
    return xmlXPathEval(BAD_CAST path, context);
}

char *het_xpath_string(const char *xml, const char *path)
{
    g_autoptr(XmlDoc) doc = parse(xml);
    g_autoptr(XPathObject) object = eval(doc, path);

    if (!object || object->type != XPATH_STRING || !*object->stringval) {
        return NULL;
    }
    return g_strdup((char *)object->stringval);
}

char *het_xpath_element(const char *xml, const char *path)
{
    g_autoptr(XmlDoc) doc = parse(xml);
    g_autoptr(XPathObject) object = eval(doc, path);
    xmlBuffer *buffer;
    char *text = NULL;

    if (!object || object->type != XPATH_NODESET ||
        xmlXPathNodeSetIsEmpty(object->nodesetval)) {
        return NULL;
    }
    buffer = xmlBufferCreate();
    if (xmlNodeDump(buffer, doc, object->nodesetval->nodeTab[0], 0, 0) > 0) {
        text = g_strdup((char *)xmlBufferContent(buffer));
    }
    xmlBufferFree(buffer);
    return text;
}
