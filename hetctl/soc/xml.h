/*
 * libxml2 made safe and short: documents without DTD, typed attributes,
 * errors that end in "(file:line)"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_XML_H
#define HET_XML_H

#include <libxml/tree.h>

#include "soc/xml-location.h"

/* Bytes of a document */
#define HET_XML_SIZE_MAX (1024 * 1024)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

/*
 * Parses @len bytes, which come from anywhere: no DTD, no entities, no
 * network, no XInclude, bounded size and depth. @source: file name for
 * messages; each node knows it.
 */
xmlDoc *het_xml_parse(const char *xml, gsize len, const char *source,
                      GError **error);

/*
 * The same of a document that is no SoC XML, of at most @max bytes and
 * @elements_max elements
 */
xmlDoc *het_xml_parse_other(const char *xml, gsize len, gsize max,
                            guint elements_max, const char *source,
                            GError **error);

/* Where @node stands in its file */
HetXmlLocation het_xml_location(const xmlNode *node);
/* HET_ERROR_XML "message (file:line)"; always returns FALSE. */
#define het_xml_fail(error, node, ...) \
    het_xml_location_fail(error, het_xml_location(node), __VA_ARGS__)

gboolean het_xml_is(const xmlNode *node, const char *name);
/* The first element @name below @parent, or NULL. */
xmlNode *het_xml_child(const xmlNode *parent, const char *name);
/* The text of an element, without white space around it. Never NULL. */
char *het_xml_text(const xmlNode *node);
/* The attribute's value, or NULL. */
char *het_xml_attr(const xmlNode *node, const char *name);

/*
 * Numbers are decimal or 0x hexadecimal. An absent attribute leaves @value
 * alone; *present (if not NULL) tells.
 */
gboolean het_xml_attr_u64(const xmlNode *node, const char *name,
                          guint64 *value, gboolean *present,
                          GError **error);
gboolean het_xml_attr_u32(const xmlNode *node, const char *name,
                          guint32 *value, gboolean *present,
                          GError **error);
/* Lists of numbers, with white space between them; appended to @values. */
gboolean het_xml_attr_u64_list(const xmlNode *node, const char *name,
                               GArray *values, GError **error);
gboolean het_xml_attr_u32_list(const xmlNode *node, const char *name,
                               GArray *values, GError **error);
/* The whole of @text is one number of at most @max. */
gboolean het_xml_number(const char *text, guint64 max, guint64 *value);

/* A copy of @node for @doc, which stands where @node stands in its file. */
xmlNode *het_xml_copy(const xmlNode *node, xmlDoc *doc);

/*
 * Elements below @node as XML text, indented by @level and with the
 * namespaces that they inherit; NULL if there are none.
 */
char *het_xml_dump_children(const xmlNode *node, int level);

/* Iterates over child elements. */
#define HET_XML_FOREACH(child, parent) \
    for (xmlNode *child = xmlFirstElementChild((xmlNode *)(parent)); \
         child; child = xmlNextElementSibling(child))

#endif
