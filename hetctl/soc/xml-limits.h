/*
 * Does an XML text keep to the limits of what is parsed at all?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_XML_LIMITS_H
#define HET_XML_LIMITS_H

#include "soc/xml-location.h"

/* Of one document of SoC XML */
#define HET_XML_ELEMENTS_MAX 16384
/* Of one element, namespaces as well */
#define HET_XML_ATTRIBUTES_MAX 64
#define HET_XML_DEPTH_MAX 32
/* Bytes of one tag */
#define HET_XML_TAG_MAX 16384
/* Blanks in the attributes of all elements: those of lists of numbers */
#define HET_XML_BLANKS_MAX 65536

/*
 * @xml is UTF-8 without NUL, and has no more than @elements_max elements, nor
 * of anything else than the above. Whether it is XML, the parser says. @at: its
 * file. Errors: HET_ERROR_XML
 */
gboolean het_xml_limits_check(const char *xml, gsize len,
                              guint elements_max, HetXmlLocation at,
                              GError **error);

#endif
