/*
 * libxml2 made safe and short: documents without DTD, typed attributes,
 * errors that end in "(file:line)"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_XML_H
#define HET_XML_H

#include <libxml/tree.h>

#include "error.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

/* HET_ERROR_XML "message (source:line)"; always returns FALSE. */
gboolean het_xml_error(GError **error, const char *source, int line,
                       const char *format, ...) G_GNUC_PRINTF(4, 5);

/*
 * Parses @len bytes, which come from anywhere: no DTD, no entities, no
 * network, no XInclude, bounded size and depth.
 */
xmlDoc *het_xml_parse(const char *xml, gsize len, const char *source,
                      GError **error);

/* Checks @doc against the Relax NG schema @rng. */
gboolean het_xml_check_schema(xmlDoc *doc, const char *rng,
                              const char *source, GError **error);

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
                          const char *source, GError **error);
gboolean het_xml_attr_u32(const xmlNode *node, const char *name,
                          guint32 *value, gboolean *present,
                          const char *source, GError **error);
/* Lists of numbers, with white space between them; appended to @values. */
gboolean het_xml_attr_u64_list(const xmlNode *node, const char *name,
                               GArray *values, const char *source,
                               GError **error);
gboolean het_xml_attr_u32_list(const xmlNode *node, const char *name,
                               GArray *values, const char *source,
                               GError **error);
/* The whole of @text is one number of at most @max. */
gboolean het_xml_number(const char *text, guint64 max, guint64 *value);

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
