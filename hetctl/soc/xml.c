/*
 * libxml2 made safe and short
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/xml.h"

#include "soc/xml-limits.h"

#include <libxml/parser.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlParserCtxt, xmlFreeParserCtxt)

/* What has ended parsing */
typedef struct {
    gboolean has_dtd;
    char *message;
    int line;
} Stop;

static void stop_clear(Stop *stop)
{
    g_free(stop->message);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Stop, stop_clear)

/* Called at <!DOCTYPE, before any entity can be declared. */
static void refuse_dtd(void *opaque, const xmlChar *name,
                       const xmlChar *external_id, const xmlChar *system_id)
{
    xmlParserCtxt *ctxt = opaque;
    Stop *stop = ctxt->_private;

    stop->has_dtd = TRUE;
    xmlStopParser(ctxt);
}

/* Behind the first error libxml2 would go on, and keep what it has read. */
static void note_error(void *opaque, xmlErrorPtr e)
{
    xmlParserCtxt *ctxt = opaque;
    Stop *stop = ctxt->_private;

    if (e->level == XML_ERR_FATAL && !stop->message) {
        stop->message = g_utf8_make_valid(e->message ?: "", -1);
        stop->line = e->line;
        xmlStopParser(ctxt);
    }
}

HetXmlLocation het_xml_location(const xmlNode *node)
{
    return (HetXmlLocation){ node->_private, xmlGetLineNo(node) };
}

/* Elements and text of one document may come out of several files. */
static void mark(xmlNode *node, const char *source)
{
    for (; node; node = node->next) {
        node->_private = (gpointer)source;
        if (node->type == XML_ELEMENT_NODE) {
            mark(node->children, source);
        }
    }
}

/* libxml2 copies neither the file nor the line of a text. */
static void copy_places(xmlNode *copy, const xmlNode *node)
{
    copy->_private = node->_private;
    copy->line = node->line;
    if (node->type != XML_ELEMENT_NODE) {
        copy->psvi = node->psvi;        /* lines beyond 65535 */
        return;
    }
    copy = copy->children;
    for (node = node->children; node && copy; node = node->next) {
        copy_places(copy, node);
        copy = copy->next;
    }
}

xmlNode *het_xml_copy(const xmlNode *node, xmlDoc *doc)
{
    xmlNode *copy = xmlDocCopyNode((xmlNode *)node, doc, 1);

    copy_places(copy, node);
    return copy;
}

static void set_syntax_error(const Stop *stop, HetXmlLocation at,
                             GError **error)
{
    if (stop->has_dtd) {
        het_xml_location_fail(error, at,
                              "a document type (<!DOCTYPE>) and entities "
                              "are not allowed, remove them");
    } else if (!stop->message) {
        het_xml_location_fail(error, at, "not an XML document");
    } else {
        at.line = MAX(stop->line, 1);
        het_xml_location_fail(error, at, "not well-formed XML: %s",
                              g_strstrip(stop->message));
    }
}

static xmlDoc *read_memory(const char *xml, gsize len, HetXmlLocation at,
                           GError **error)
{
    g_autoptr(xmlParserCtxt) ctxt = xmlNewParserCtxt();
    g_autoptr(xmlDoc) doc = NULL;
    g_auto(Stop) stop = { 0 };

    ctxt->_private = &stop;
    ctxt->sax->internalSubset = refuse_dtd;
    ctxt->sax->serror = note_error;
    /* What has been looked at is UTF-8, whatever the document says. */
    doc = xmlCtxtReadMemory(ctxt, xml, len, NULL, "UTF-8",
                            XML_PARSE_NONET | XML_PARSE_NOERROR |
                            XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS |
                            XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES);
    if (stop.has_dtd || stop.message || !doc || !ctxt->wellFormed ||
        !xmlDocGetRootElement(doc)) {
        set_syntax_error(&stop, at, error);
        return NULL;
    }
    return g_steal_pointer(&doc);
}

xmlDoc *het_xml_parse_other(const char *xml, gsize len, gsize max,
                            guint elements_max, const char *source,
                            GError **error)
{
    const HetXmlLocation start = { g_intern_string(source), 1 };
    xmlDoc *doc;

    if (len > max) {
        het_xml_location_fail(error, start, "the document has %" G_GSIZE_FORMAT
                              " bytes, more than the %" G_GSIZE_FORMAT
                              " allowed", len, max);
        return NULL;
    }
    if (!het_xml_limits_check(xml, len, elements_max, start, error)) {
        return NULL;
    }
    doc = read_memory(xml, len, start, error);
    if (doc) {
        mark(doc->children, start.file);
    }
    return doc;
}

xmlDoc *het_xml_parse(const char *xml, gsize len, const char *source,
                      GError **error)
{
    return het_xml_parse_other(xml, len, HET_XML_SIZE_MAX,
                               HET_XML_ELEMENTS_MAX, source, error);
}

gboolean het_xml_is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && !node->ns &&
           xmlStrEqual(node->name, BAD_CAST name);
}

xmlNode *het_xml_child(const xmlNode *parent, const char *name)
{
    HET_XML_FOREACH(child, parent) {
        if (het_xml_is(child, name)) {
            return child;
        }
    }
    return NULL;
}

char *het_xml_text(const xmlNode *node)
{
    xmlChar *content = xmlNodeGetContent(node);
    char *text = g_strdup(content ? (char *)content : "");

    xmlFree(content);
    return g_strstrip(text);
}

char *het_xml_attr(const xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp((xmlNode *)node, BAD_CAST name);
    char *copy = g_strdup((char *)value);

    xmlFree(value);
    return copy;
}

gboolean het_xml_number(const char *text, guint64 max, guint64 *value)
{
    gboolean hex = g_str_has_prefix(text, "0x") ||
                   g_str_has_prefix(text, "0X");

    if (hex) {
        return g_ascii_isxdigit(text[2]) &&
               g_ascii_string_to_unsigned(text + 2, 16, 0, max, value, NULL);
    }
    return g_ascii_isdigit(text[0]) &&
           g_ascii_string_to_unsigned(text, 10, 0, max, value, NULL);
}

static gboolean attr_number(const xmlNode *node, const char *name,
                            guint64 max, guint64 *value, gboolean *present,
                            GError **error)
{
    g_autofree char *text = het_xml_attr(node, name);

    if (present) {
        *present = text != NULL;
    }
    if (!text || het_xml_number(g_strstrip(text), max, value)) {
        return TRUE;
    }
    return het_xml_fail(error, node, "%s='%s' of <%s> is not a number from 0 "
                        "to 0x%" G_GINT64_MODIFIER "x", name, text,
                        node->name, max);
}

gboolean het_xml_attr_u64(const xmlNode *node, const char *name,
                          guint64 *value, gboolean *present,
                          GError **error)
{
    return attr_number(node, name, G_MAXUINT64, value, present, error);
}

gboolean het_xml_attr_u32(const xmlNode *node, const char *name,
                          guint32 *value, gboolean *present,
                          GError **error)
{
    guint64 wide = *value;
    gboolean ok = attr_number(node, name, G_MAXUINT32, &wide, present,
                              error);

    *value = wide;
    return ok;
}

static gboolean attr_list(const xmlNode *node, const char *name, guint64 max,
                          GArray *values, GError **error)
{
    g_autofree char *text = het_xml_attr(node, name);
    g_auto(GStrv) words = g_strsplit_set(text ?: "", " \t\r\n", -1);

    for (char **word = words; *word; word++) {
        guint64 value;

        if (!**word) {
            continue;
        }
        if (!het_xml_number(*word, max, &value)) {
            return het_xml_fail(error, node, "'%s' in %s='%s' of <%s> is not "
                                "a number from 0 to 0x%" G_GINT64_MODIFIER
                                "x", *word, name, text, node->name, max);
        }
        g_array_append_val(values, value);
    }
    return TRUE;
}

gboolean het_xml_attr_u64_list(const xmlNode *node, const char *name,
                               GArray *values, GError **error)
{
    return attr_list(node, name, G_MAXUINT64, values, error);
}

gboolean het_xml_attr_u32_list(const xmlNode *node, const char *name,
                               GArray *values, GError **error)
{
    g_autoptr(GArray) wide = g_array_new(FALSE, FALSE, sizeof(guint64));

    if (!attr_list(node, name, G_MAXUINT32, wide, error)) {
        return FALSE;
    }
    for (guint i = 0; i < wide->len; i++) {
        guint32 value = g_array_index(wide, guint64, i);

        g_array_append_val(values, value);
    }
    return TRUE;
}

/*
 * A copy in a document of its own carries the namespaces that the original
 * inherits from its ancestors.
 */
static void dump_copy(GString *out, const xmlNode *node, int level)
{
    g_autoptr(xmlDoc) doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNode *copy = xmlDocCopyNode((xmlNode *)node, doc, 1);
    xmlBuffer *buffer = xmlBufferCreate();

    xmlDocSetRootElement(doc, copy);
    xmlNodeDump(buffer, doc, copy, level, 1);
    g_string_append_printf(out, "%*s%s\n", level * 2, "",
                           (char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
}

char *het_xml_dump_children(const xmlNode *node, int level)
{
    GString *out = NULL;

    HET_XML_FOREACH(child, node) {
        if (!out) {
            out = g_string_new(NULL);
        }
        dump_copy(out, child, level);
    }
    return out ? g_string_free(out, FALSE) : NULL;
}
