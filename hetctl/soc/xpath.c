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
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XPathObject, xmlXPathFreeObject)

struct HetXpath {
    XmlDoc *doc;
    XPathContext *context;
};

HetXpath *het_xpath_new(const char *xml)
{
    XmlDoc *doc = xml ? xmlReadMemory(xml, strlen(xml), NULL, NULL,
                                      XML_PARSE_NONET | XML_PARSE_NOERROR |
                                      XML_PARSE_NOWARNING) : NULL;
    HetXpath *x;

    if (!doc) {
        return NULL;
    }
    x = g_new0(HetXpath, 1);
    x->doc = doc;
    x->context = xmlXPathNewContext(doc);
    xmlXPathRegisterNs(x->context, BAD_CAST "het", BAD_CAST HET_SOC_NAMESPACE);
    return x;
}

void het_xpath_free(HetXpath *x)
{
    if (x) {
        xmlXPathFreeContext(x->context);
        xmlFreeDoc(x->doc);
        g_free(x);
    }
}

static XPathObject *eval(HetXpath *x, const char *path)
{
    return x ? xmlXPathEval(BAD_CAST path, x->context) : NULL;
}

char *het_xpath_get_string(HetXpath *x, const char *path)
{
    g_autoptr(XPathObject) object = eval(x, path);

    if (!object || object->type != XPATH_STRING || !*object->stringval) {
        return NULL;
    }
    return g_strdup((char *)object->stringval);
}

char *het_xpath_get_element(HetXpath *x, const char *path)
{
    g_autoptr(XPathObject) object = eval(x, path);
    xmlBuffer *buffer;
    char *text = NULL;

    if (!object || object->type != XPATH_NODESET ||
        xmlXPathNodeSetIsEmpty(object->nodesetval)) {
        return NULL;
    }
    buffer = xmlBufferCreate();
    if (xmlNodeDump(buffer, x->doc, object->nodesetval->nodeTab[0], 0, 0) > 0) {
        text = g_strdup((char *)xmlBufferContent(buffer));
    }
    xmlBufferFree(buffer);
    return text;
}

char *het_xpath_string(const char *xml, const char *path)
{
    g_autoptr(HetXpath) x = het_xpath_new(xml);

    return het_xpath_get_string(x, path);
}

char *het_xpath_element(const char *xml, const char *path)
{
    g_autoptr(HetXpath) x = het_xpath_new(xml);

    return het_xpath_get_element(x, path);
}
