/*
 * Where something stands in the XML
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/xml-location.h"

/* What was read is quoted in messages: they stay one line of text. */
static void blank_controls(char *message)
{
    for (char *c = message; *c; c++) {
        if (g_ascii_iscntrl(*c)) {
            *c = ' ';
        }
    }
}

gboolean het_xml_location_set_error(GError **error, int code, HetXmlLocation at,
                                    const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    blank_controls(message);
    g_set_error(error, HET_ERROR, code, "%s (%s:%d)", message, at.file,
                at.line);
    return FALSE;
}

char *het_xml_location_name(HetXmlLocation other, HetXmlLocation at)
{
    if (g_str_equal(other.file, at.file)) {
        return g_strdup_printf("line %d", other.line);
    }
    return g_strdup_printf("%s:%d", other.file, other.line);
}
