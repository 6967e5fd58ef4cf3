/*
 * Where something stands in the XML
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_XML_LOCATION_H
#define HET_XML_LOCATION_H

#include "util/error.h"

typedef struct {
    const char *file;           /* interned, see g_intern_string() */
    int line;
} HetXmlLocation;

/* @code "message (file:line)"; always returns FALSE. */
gboolean het_xml_location_set_error(GError **error, int code, HetXmlLocation at,
                                    const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* The same with HET_ERROR_XML */
#define het_xml_location_fail(error, at, ...) \
    het_xml_location_set_error(error, HET_ERROR_XML, at, __VA_ARGS__)

/*
 * How a message about @at names @other: "line 12", or "chip.xml:12" when
 * that is in another file.
 */
char *het_xml_location_name(HetXmlLocation other, HetXmlLocation at);

#endif
